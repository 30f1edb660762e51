import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { benchAgents } from './agent-bench.ts'
import { benchShell } from './deploy-bench.ts'
import { benchEcho } from './echo-bench.ts'
import { type Figure, isMet, tableOf } from './figure.ts'
import { benchReattach } from './reattach-bench.ts'
import { benchIdleMemory, measureFirstLoad } from './size-bench.ts'
import { benchClone, benchLaterStart } from './start-bench.ts'

const artifacts = fileURLToPath(new URL('../../../artifacts/', import.meta.url))
const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
  size: async () => [measureFirstLoad()],
  memory: () => onPlane((plane) => benchIdleMemory(plane)),
  start: () => benchLaterStart(5),
  shell: () => onPlane((plane) => benchShell(plane, 20)),
  echo: () => onPlane((plane) => benchEcho(plane, 400)),
  reattach: () => onPlane((plane) => benchReattach(plane, 100)),
  agents: () => benchAgents(5),
  clone: benchClone,
}

const { values } = parseArgs({
  options: { clone: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const chosen =
  values.only?.split(',') ?? Object.keys(parts).filter((name) => name !== 'clone' || values.clone)
const figures: Figure[] = []
for (const name of chosen) {
  const measure = parts[name]
  if (!measure) throw new Error(`--only takes ${Object.keys(parts).join(', ')}`)
  process.stderr.write(`Measuring ${name}\n`)
  figures.push(...(await measure()))
}
process.stdout.write(`${tableOf(figures)}\n`)
await mkdir(artifacts, { recursive: true })
const computer = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem() }
const report = { measuredAt: new Date().toISOString(), computer, figures }
await writeFile(`${artifacts}bench.json`, `${JSON.stringify(report, null, 2)}\n`)
process.exitCode = figures.every(isMet) ? 0 : 1

async function onPlane(measure: (plane: ControlPlaneProcess) => Promise<Figure[]>): Promise<Figure[]> {
  const plane = await startControlPlane()
  try {
    return await measure(plane)
  } finally {
    await removeControlPlane(plane)
  }
}
