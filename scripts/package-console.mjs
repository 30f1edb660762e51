// Makes packages/console/dist/package, what is published as @agent-machines/console: three entries with all of
// ours bundled in, their types, the README and the licence.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

function writeTypes() {
  for (const { name } of entries) {
    const inlined = ['core', 'client'].flatMap((each) => ['--external-inlines', `@agent-machines/${each}`])
    const words = ['--no-check', '--silent', '--export-referenced-types=false', ...inlined]
    const project = ['--project', join(source, 'tsconfig.json')]
    const output = ['-o', join(target, `${name}.d.ts`), inputOf(name)]
    const program = join(root, 'node_modules/.bin/dts-bundle-generator')
    execFileSync(program, [...words, ...project, ...output], { stdio: ['ignore', 2, 2] })
  }
}

function writeManifest() {
  const { name, version, license, peerDependencies } = readJson(join(source, 'package.json'))
  const core = readJson(join(root, 'packages/core/package.json'))
  const { engines } = readJson(join(root, 'package.json'))
  const paths = { index: '.', node: './node', browser: './browser' }
  const exports = entries.map((entry) => [
    paths[entry.name],
    { types: `./${entry.name}.d.ts`, default: `./${entry.name}.js` },
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
