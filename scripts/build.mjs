// Builds what is missing or older than its sources: the `am` bundle (packages/cli/dist) and the dashboard
// (packages/web/dist). Progress goes to stderr, because `am up` promises two lines on stdout.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const shared = ['package-lock.json', 'packages/core', 'packages/console', 'packages/client']
const targets = [
  {
    name: 'the am command',
    output: 'packages/cli/dist/bundle',
    sources: [
      ...shared,
      'scripts/bundle.mjs',
      'packages/runtimes',
      'packages/providers',
      'packages/control-plane',
      'packages/cli',
    ],
    command: ['scripts/bundle.mjs'],
  },
  {
    name: 'the dashboard',
    output: 'packages/web/dist',
    sources: [...shared, 'packages/web'],
    command: ['node_modules/vite/bin/vite.js', 'build', 'packages/web', '--logLevel', 'warn'],
  },
]

for (const target of targets) build(target)

function build({ name, output, sources, command }) {
  const stamp = join(root, output, '.stamp')
  const wanted = fingerprint(sources)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write(`Building ${name}\n`)
  rmSync(join(root, output), { recursive: true, force: true })
  const { status, error } = spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    process.stderr.write(`Building ${name} failed${error ? `: ${error.message}` : ''}\n`)
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}

/** Changes when a source file is added, removed, edited or touched. */
function fingerprint(sources) {
  const hash = createHash('sha256').update(process.version)
  for (const source of sources) for (const file of filesOf(join(root, source))) hash.update(file)
  return hash.digest('hex')
}

function* filesOf(path) {
  const stats = statSync(path)
  if (!stats.isDirectory()) return yield `${path} ${stats.size} ${stats.mtimeMs}\n`
  for (const name of readdirSync(path).sort()) {
    if (
      name === 'node_modules' ||
      name === 'dist' ||
      name.includes('.test.') ||
      name.endsWith('.tsbuildinfo')
    )
      continue
    yield* filesOf(join(path, name))
  }
}
