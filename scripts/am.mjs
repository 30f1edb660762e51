// Runs `am` from a checkout: builds what is missing, then hands over the arguments.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: ['ignore', 2, 2] })
if (status !== 0) process.exit(1)
const am = join(root, 'packages/cli/dist/bundle/am.mjs')
process.argv[1] = am
await import(pathToFileURL(am).href)
