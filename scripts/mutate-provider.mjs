#!/usr/bin/env node
// Breaks the local provider on purpose, one way at a time, and expects the conformance suite to notice.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const copies = join(root, 'packages/providers/dist/mutations')
const atOnce = 2
const limitMs = 90_000

/** `cases` is the part of the suite that is run; each edit must fit its file exactly once. */
const mutations = [
  {
    name: 'kills only the leader of the process group',
    cases: 'exec',
    edits: [['process-group.ts', "process.kill(-groupId, 'SIGKILL')", "process.kill(groupId, 'SIGKILL')"]],
  },
  {
    name: 'sends the exit before the output',
    cases: 'streamExec',
    edits: [
      ['command-run.ts', 'this.#drainEndsAt = performance.now() + drainLimitMs', 'this.#finishAfterExit()'],
    ],
  },
  {
    name: 'merges errors into the output',
    cases: 'exec',
    edits: [
      [
        'command-run.ts',
        "this.#follow('stderr', this.#streams.stderr)",
        "this.#follow('stdout', this.#streams.stderr)",
      ],
    ],
  },
  {
    name: 'ignores the time limit',
    cases: 'exec kills',
    edits: [['command-run.ts', 'setTimeout(() => this.#expire()', 'setTimeout(() => undefined']],
  },
  {
    name: 'ignores the abort signal',
    cases: 'exec kills',
    edits: [
      [
        'command-run.ts',
        "addEventListener('abort', this.#abort",
        "addEventListener('abort', () => undefined",
      ],
    ],
  },
  {
    name: 'decodes output as text',
    cases: 'streamExec',
    edits: [
      [
        'command-run.ts',
        'this.#queue.push({ kind, bytes }, bytes.length)',
        "this.#queue.push({ kind, bytes: Buffer.from(bytes.toString('utf8')) }, bytes.length)",
      ],
    ],
  },
  {
    name: 'lets the command run on when the reader stops',
    cases: 'streamExec',
    edits: [['command-run.ts', 'if (!done) await this.kill()', 'if (!done) this.#finishAfterExit()']],
  },
  {
    name: 'kills background children after a normal end',
    cases: 'exec lets',
    edits: [
      [
        'command-run.ts',
        'this.#drainEndsAt = performance.now() + drainLimitMs',
        'this.#drainEndsAt = performance.now() + drainLimitMs; void killProcessGroup(this.#child.pid ?? 0)',
      ],
    ],
  },
  {
    name: 'runs a command twice',
    cases: 'exec',
    edits: [['sandbox-entry.ts', "'unset OLDPWD',", "'unset OLDPWD', script,"]],
  },
  {
    name: 'shows variables in the argument list',
    cases: 'exec',
    edits: [
      [
        'sandbox-entry.ts',
        "'unset OLDPWD',",
        "'exec /bin/sh -c ' + quote(script) + ' sh ' + variables.join(' '),",
      ],
    ],
  },
  {
    name: 'gives commands streams that cannot be opened by name',
    cases: 'exec',
    edits: [['waiting-shells.ts', "await this.#pipes.take('open')", 'null']],
  },
  {
    name: 'never ends the input',
    cases: 'exec',
    edits: [['machine-commands.ts', '  await run.end()\n', '']],
  },
  {
    name: 'hides that output was cut',
    cases: 'exec',
    edits: [['machine-commands.ts', 'if (bytes.length > this.#left) this.truncated = true', '']],
  },
  {
    name: 'builds a machine anew when it is provisioned again',
    cases: 'lifecycle',
    edits: [
      [
        'machine-lifecycle.ts',
        "if (seen?.state === 'running' || seen?.state === 'asleep') return seen.record",
        '',
      ],
    ],
  },
  {
    name: 'leaves the home when destroying',
    cases: 'lifecycle',
    edits: [
      ['machine-lifecycle.ts', 'await rm(paths.home, { recursive: true, force: true })', ''],
      [
        'machine-lifecycle.ts',
        'await rm(paths.directory, { recursive: true, force: true })',
        'await rm(paths.record, { force: true })',
      ],
    ],
  },
  {
    name: 'only notes that the machine sleeps',
    cases: 'lifecycle',
    edits: [
      [
        'machine-cgroups.ts',
        'if (await standsStill(freezer)) return',
        'flags.add(freezer.directory)\n    if (flags.size > 0) return thaw(cgroups, true)',
      ],
      [
        'machine-cgroups.ts',
        '  const freezer = freezerOf(cgroups)\n  if (freezer === undefined) return false',
        'const freezer = freezerOf(cgroups)\n  if (freezer !== undefined && flags.has(freezer.directory)) return true\n  if (freezer === undefined) return false',
      ],
      [
        'machine-cgroups.ts',
        'export async function thaw(cgroups: readonly MachineCgroup[]): Promise<void> {',
        'const flags = new Set<string>()\nexport async function thaw(cgroups: readonly MachineCgroup[], keep = false): Promise<void> {\n  if (!keep) flags.clear()',
      ],
    ],
  },
  {
    name: 'sets no limits',
    cases: 'limits',
    edits: [['machine-cgroups.ts', 'await writeFile(join(directory, file), value)', '']],
  },
  {
    name: 'lies about processes that survived sleep',
    cases: 'lifecycle',
    edits: [
      [
        'machine-lifecycle.ts',
        'await thaw(seen.record.cgroups)\n        return { processesSurvived: true }',
        'await thaw(seen.record.cgroups)\n        return { processesSurvived: false }',
      ],
    ],
  },
  {
    name: 'forgets to refuse what it cannot do',
    cases: 'lifecycle refuses',
    edits: [
      [
        'local-provider.ts',
        'return Promise.reject(new AgentMachinesError(',
        'return Promise.resolve(String(new AgentMachinesError(',
      ],
      ['local-provider.ts', "'CAPABILITY_UNSUPPORTED', message))", "'CAPABILITY_UNSUPPORTED', message)))"],
    ],
  },
]

const started = Date.now()
rmSync(copies, { recursive: true, force: true })
const work = [{ name: '(nothing changed)', cases: '', edits: [], green: true }, ...mutations]
const results = []
await Promise.all(Array.from({ length: atOnce }, takeAll))
rmSync(copies, { recursive: true, force: true })

for (const { name, verdict, caught, seconds } of results.sort((one, other) => one.order - other.order)) {
  console.log(
    `${verdict.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${name}${caught === '' ? '' : `\n${' '.repeat(19)}${caught}`}`,
  )
}
const missed = results.filter(({ verdict }) => verdict === 'MISSED' || verdict === 'BROKEN')
const seconds = (Date.now() - started) / 1000
console.log(
  `${mutations.length - missed.length} of ${mutations.length} mutations noticed in ${seconds.toFixed(0)} s`,
)
process.exitCode = missed.length === 0 ? 0 : 1

async function takeAll() {
  for (;;) {
    const order = -work.length
    const mutation = work.shift()
    if (mutation === undefined) return
    const began = Date.now()
    const { failed, output } = await runSuite(mutation)
    results.push({
      order,
      name: mutation.name,
      verdict: verdictOf(mutation, failed, output),
      caught: mutation.green ? '' : firstFailure(output),
      seconds: (Date.now() - began) / 1000,
    })
  }
}

function verdictOf(mutation, failed, output) {
  if (mutation.green) return failed ? 'BROKEN' : 'green'
  if (!failed) return 'MISSED'
  return firstFailure(output) === '' ? 'BROKEN' : 'red'
}

async function runSuite(mutation) {
  const folder = join(copies, createHash('sha256').update(mutation.name).digest('hex').slice(0, 8))
  mkdirSync(folder, { recursive: true })
  cpSync(join(root, 'packages/providers/src'), join(folder, 'src'), { recursive: true })
  for (const [file, before, after] of mutation.edits) edit(join(folder, 'src/local', file), before, after)
  writeFileSync(join(folder, 'vitest.config.mjs'), configFor(folder))
  const scratch = mkdtempSync(join(tmpdir(), 'am-mutation-'))
  // Machines run as users of their own, who must be able to pass.
  chmodSync(scratch, 0o711)
  try {
    return await vitest(folder, scratch, mutation.cases)
  } finally {
    cleanUp(scratch)
  }
}

function edit(path, before, after) {
  const text = readFileSync(path, 'utf8')
  if (text.split(before).length !== 2) throw new Error(`${path} must hold exactly once: ${before}`)
  writeFileSync(
    path,
    text.replace(before, () => after),
  )
}

function configFor(folder) {
  const resolve = { conditions: ['source'] }
  const test = {
    root: folder,
    include: ['src/local/local-provider.conformance.test.ts'],
    exclude: [],
    testTimeout: 8_000,
    hookTimeout: 30_000,
  }
  return `export default ${JSON.stringify({ root: folder, resolve, ssr: { resolve }, test })}\n`
}

function vitest(folder, scratch, cases) {
  const program = join(root, 'node_modules/vitest/vitest.mjs')
  const filter = `the local provider ${cases === '' ? '(?!without)' : cases}`
  const options = [
    'run',
    '--config',
    join(folder, 'vitest.config.mjs'),
    '--bail',
    '1',
    '-t',
    filter,
    '--no-color',
  ]
  const child = spawn(process.execPath, [program, ...options], {
    cwd: folder,
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes))
  return new Promise((resolve) => child.once('close', (code) => resolve({ failed: code !== 0, output })))
}

/** The first test that failed, without the name of the provider. */
function firstFailure(output) {
  return /FAIL .*?> the local provider > (.*)/.exec(output)?.[1] ?? ''
}

/** Ends what a broken provider left: its cgroups are named after its data directory. */
function cleanUp(scratch) {
  for (const name of readdirSync(scratch)) {
    const hash = createHash('sha256').update(join(scratch, name)).digest('hex').slice(0, 12)
    for (const hierarchy of existsSync('/sys/fs/cgroup') ? readdirSync('/sys/fs/cgroup') : []) {
      for (const base of [join('/sys/fs/cgroup', hierarchy), '/sys/fs/cgroup'])
        endCgroups(join(base, 'agent-machines', hash))
    }
  }
  rmSync(scratch, { recursive: true, force: true })
}

function endCgroups(folder) {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const group = join(folder, entry.name)
    if (existsSync(join(group, 'cgroup.kill'))) writeFileSync(join(group, 'cgroup.kill'), '1')
    for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
      try {
        process.kill(Number(pid), 'SIGKILL')
      } catch (error) {
        if (error.code !== 'ESRCH') throw error
      }
    }
    removeWhenEmpty(group)
  }
  removeWhenEmpty(folder)
}

function removeWhenEmpty(group) {
  for (let tries = 0; tries < 100; tries++) {
    try {
      rmdirSync(group)
      return
    } catch (error) {
      if (error.code === 'ENOENT') return
      if (error.code !== 'EBUSY') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}
