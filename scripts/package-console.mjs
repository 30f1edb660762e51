// Makes packages/console/dist/package, what is published as @agent-machines/console: three entries with all of
// ours bundled in, their types, the README and the licence.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'packages/console')
const target = join(source, 'dist/package')
const conditionNames = ['source', 'import', 'default']
/** The page trusts the server that served it, so the schema library stays out of it, as in the dashboard. */
const trustingZod = join(root, 'packages/web/src/wire/trusting-zod.ts')

const entries = [
  { name: 'index', platform: 'neutral', external: ['zod'] },
  { name: 'node', platform: 'node', external: ['zod', /^node:/] },
  { name: 'browser', platform: 'browser', external: [], alias: { zod: trustingZod } },
]

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const entry of entries) await bundle(entry)
writeTypes()
writeManifest()
copyFileSync(join(source, 'README.md'), join(target, 'README.md'))
copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'))

function inputOf(name) {
  return name === 'index' ? join(source, 'src/index.ts') : join(source, 'src', name, 'index.ts')
}

async function bundle({ name, platform, external, alias }) {
  const made = await rolldown({
    input: inputOf(name),
    platform,
    external,
    resolve: { conditionNames, ...(alias ? { alias } : {}) },
    treeshake: alias ? { manualPureFunctions: ['z'] } : true,
    logLevel: 'warn',
  })
  await made.write({ file: join(target, `${name}.js`), format: 'esm', codeSplitting: false })
  await made.close()
}

/** What the compiler declared of the entries and of all they import, with the packages side by side. */
function writeTypes() {
  const tsc = join(root, 'node_modules/typescript-native/bin/tsc')
  execFileSync(process.execPath, [tsc, '--build', source], { stdio: ['ignore', 2, 2] })
  const waiting = entries.map(({ name }) => ['console', typesOf(name)])
  const seen = new Set()
  while (waiting.length > 0) {
    const [owner, path] = waiting.pop()
    if (seen.has(`${owner}/${path}`)) continue
    seen.add(`${owner}/${path}`)
    const text = readFileSync(join(root, 'packages', owner, 'dist', path), 'utf8')
    const placed = text.replace(
      /(from |import\()(['"])(@agent-machines\/|\.)(.*?)\2/g,
      (_, word, mark, start, rest) => {
        const isOurs = start !== '.'
        const next = isOurs
          ? [rest, 'index.d.ts']
          : [owner, join(dirname(path), `.${rest}`).replace(/\.ts$/, '.d.ts')]
        waiting.push(next)
        const place = relative(dirname(join(owner, path)), join(...next)).replace(/\.d\.ts$/, '.js')
        return `${word}${mark}${place.startsWith('.') ? place : `./${place}`}${mark}`
      },
    )
    const copy = join(target, 'types', owner, path)
    mkdirSync(dirname(copy), { recursive: true })
    writeFileSync(copy, placed)
  }
}

function typesOf(name) {
  return name === 'index' ? 'index.d.ts' : `${name}/index.d.ts`
}

function writeManifest() {
  const { name, version, license, peerDependencies } = readJson(join(source, 'package.json'))
  const core = readJson(join(root, 'packages/core/package.json'))
  const { engines } = readJson(join(root, 'package.json'))
  const paths = { index: '.', node: './node', browser: './browser' }
  const exports = entries.map((entry) => [
    paths[entry.name],
    { types: `./types/console/${typesOf(entry.name)}`, default: `./${entry.name}.js` },
  ])
  const manifest = {
    name,
    version,
    description: 'A terminal in the browser over anything that can run a command.',
    license,
    type: 'module',
    sideEffects: false,
    engines,
    exports: Object.fromEntries(exports),
    dependencies: { zod: core.dependencies.zod },
    peerDependencies,
  }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
