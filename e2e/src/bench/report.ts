import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Figure, isMet, tableOf } from './figure.ts'

const artifacts = fileURLToPath(new URL('../../../artifacts/', import.meta.url))

/** Measures the chosen parts, prints a table, keeps it as `artifacts/<name>.json`; exits with 1 when a goal was missed. */
export async function report(
  name: string,
  parts: Readonly<Record<string, () => Promise<Figure[]>>>,
  chosen: readonly string[],
): Promise<void> {
  const figures: Figure[] = []
  let failed = false
  for (const part of chosen) {
    const measure = parts[part]
    if (!measure) throw new Error(`--only takes ${Object.keys(parts).join(', ')}`)
    process.stderr.write(`Measuring ${part}\n`)
    try {
      figures.push(...(await measure()))
    } catch (error) {
      // What the others measured took long.
      failed = true
      process.stderr.write(`${part} failed: ${error instanceof Error ? error.stack : String(error)}\n`)
    }
  }
  process.stdout.write(`${tableOf(figures)}\n`)
  await mkdir(artifacts, { recursive: true })
  const computer = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem() }
  const measured = { measuredAt: new Date().toISOString(), computer, figures }
  await writeFile(`${artifacts}${name}.json`, `${JSON.stringify(measured, null, 2)}\n`)
  process.exitCode = !failed && figures.every(isMet) ? 0 : 1
}
