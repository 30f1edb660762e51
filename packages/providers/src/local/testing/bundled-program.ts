import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** The program at `source` as a script that any user can run; resolves to its path in `folder`. */
export async function bundledProgram(source: URL, folder: string): Promise<string> {
  const file = join(folder, 'program.mjs')
  const bundle = await rolldown({
    input: fileURLToPath(source),
    platform: 'node',
    resolve: { conditionNames: ['source', 'import'] },
  })
  await bundle.write({ file, format: 'esm' })
  await bundle.close()
  chmodSync(file, 0o644)
  return file
}
