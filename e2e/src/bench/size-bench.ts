import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import type { Figure } from './figure.ts'
import { postgresMegabytes, residentMegabytes } from './memory.ts'

const dashboard = fileURLToPath(new URL('../../../packages/web/dist/', import.meta.url))
const settleMs = 15_000

/** What the page loads before it shows anything: the document, its scripts and its style sheets. */
export function measureFirstLoad(): Figure {
  const page = readFileSync(`${dashboard}index.html`, 'utf8')
  const paths = [...page.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '')
  const files = ['index.html', ...new Set(paths)]
  const bytes = files.reduce(
    (sum, file) => sum + gzipSync(readFileSync(dashboard + file), { level: 9 }).length,
    0,
  )
  return {
    name: 'First load, gzip',
    value: bytes / 1000,
    unit: 'KB',
    goal: 130,
    note: `${files.length} files, fonts not counted`,
  }
}

/** Memory of a control plane that nobody has used yet. */
export async function benchIdleMemory(plane: ControlPlaneProcess): Promise<Figure[]> {
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const note = `${settleMs / 1000} s after its start, no machines`
  return [
    { name: 'Control plane RSS, idle', value: residentMegabytes(plane.pid), unit: 'MB', goal: 130, note },
    {
      name: 'Postgres, idle',
      value: postgresMegabytes(plane.data),
      unit: 'MB',
      goal: 60,
      note: `PSS of all its processes, ${note}`,
    },
  ]
}
