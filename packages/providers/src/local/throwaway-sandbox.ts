import { chown, copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { AgentMachinesError } from '@agent-machines/core'
import { ownFolderName } from './abandoned-work.ts'
import { CommandRun } from './command-run.ts'
import { nodeForInstallers } from './installer-node.ts'
import { ifPresent } from './local-errors.ts'
import type { LocalHost } from './local-host.ts'
import { type SandboxMount, sandboxArguments } from './sandbox-arguments.ts'
import { type Entry, entryThrough, wordsOf } from './sandbox-entry.ts'
import { sandboxFiles } from './sandbox-files.ts'
import { throwawayUid } from './uid-allocation.ts'
import { WaitingShell } from './waiting-shell.ts'

export interface ThrowawayCommand {
  readonly script: string
  /** The folder that is `$PREFIX`, and whether it may be written. */
  readonly prefix: { readonly source: string; readonly target: string; readonly writable: boolean }
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly onLine: (line: string) => void
  readonly isolated: boolean
}

/** How to get into the sandbox, and what to say there. */
interface Way {
  readonly entry: Entry
  readonly words: string
}

/** Runs one command in a sandbox of its own that ends with it; resolves to the exit code. */
export async function runThrowaway(host: LocalHost, command: ThrowawayCommand): Promise<number> {
  const work = join(host.layout.machines, ownFolderName('throwaway', host.options.random()))
  const uid = host.asRoot ? throwawayUid : null
  await mkdir(join(work, 'tmp'), { recursive: true, mode: 0o711 })
  try {
    if (uid !== null) await chown(join(work, 'tmp'), uid, uid)
    const way = command.isolated
      ? await sandboxedEntry(host, command, work, uid)
      : await bareEntry(host, command, work, uid)
    return await follow(host, way, command)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function sandboxedEntry(
  host: LocalHost,
  command: ThrowawayCommand,
  work: string,
  uid: number | null,
): Promise<Way> {
  const node = await nodeForInstallers(host)
  const certificates = await copyCertificates(command.env, work)
  const shownNode =
    node.prefix === null ? [] : [{ source: node.prefix, target: node.prefix, writable: false }]
  const options = sandboxArguments({
    host: await host.facts(),
    hostname: 'installer',
    home: null,
    mounts: [
      { source: join(work, 'tmp'), target: '/tmp', writable: true },
      ...(await ownEtc(work)),
      ...certificates,
      ...shownNode,
      command.prefix,
    ],
    files: [],
    infoDescriptor: null,
    lifetime: 'throwaway',
    command: [],
  })
  const chain = [...(await dropTo(host, uid)), await host.tool('bwrap'), ...options]
  const target = command.prefix.target
  const env = installerVariables(node.binFolder, '/tmp', target, command.env)
  return {
    entry: entryThrough(chain, null),
    words: wordsOf({ script: command.script, cwd: target, env }),
  }
}

async function bareEntry(
  host: LocalHost,
  command: ThrowawayCommand,
  work: string,
  uid: number | null,
): Promise<Way> {
  const node = await nodeForInstallers(host)
  const { source } = command.prefix
  const env = installerVariables(node.binFolder, join(work, 'tmp'), source, command.env)
  return {
    entry: entryThrough(await dropTo(host, uid), null),
    words: wordsOf({ script: command.script, cwd: source, env }),
  }
}

async function dropTo(host: LocalHost, uid: number | null): Promise<string[]> {
  if (uid === null) return []
  return [await host.tool('setpriv'), `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
}

function installerVariables(
  binFolder: string,
  home: string,
  prefix: string,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  return {
    ...extra,
    HOME: home,
    TMPDIR: home,
    USER: 'agent',
    LANG: 'C.UTF-8',
    PATH: `${binFolder}:${path}`,
    PREFIX: prefix,
  }
}

/** The machine's own /etc files, as files: a throwaway has no descriptors to spare. */
async function ownEtc(work: string): Promise<SandboxMount[]> {
  const files = sandboxFiles('installer', '0'.repeat(32))
  return Promise.all(
    files.map(async ({ path, content }, index) => {
      const source = join(work, `etc-${index}`)
      await writeFile(source, content, { mode: 0o644 })
      return { source, target: path, writable: false }
    }),
  )
}

/** Certificate files that a variable names outside /usr and /etc/ssl, readable by the installer's user. */
async function copyCertificates(
  env: Readonly<Record<string, string>>,
  work: string,
): Promise<SandboxMount[]> {
  const paths = new Set(
    Object.entries(env)
      .filter(([name, value]) => /CA|CERT/i.test(name) && isAbsolute(value))
      .map(([, value]) => value)
      .filter((path) => !path.startsWith('/usr/') && !path.startsWith('/etc/ssl/certs')),
  )
  const mounts: SandboxMount[] = []
  for (const target of paths) {
    if (!(await ifPresent(stat(target)))?.isFile()) continue
    const source = join(work, `certificate-${mounts.length}`)
    await copyFile(target, source)
    mounts.push({ source, target, writable: false })
  }
  return mounts
}

async function follow(host: LocalHost, { entry, words }: Way, command: ThrowawayCommand): Promise<number> {
  const run = new CommandRun(new WaitingShell(entry, 'none', await host.pipes.take('none')), {
    words,
    timeoutMs: command.timeoutMs,
    ...(command.signal === undefined ? {} : { signal: command.signal }),
    explainRefusal: async (_, stderr) => {
      command.onLine(stderr.trim())
      return new AgentMachinesError('SUBSTRATE_FATAL', 'The installer sandbox did not start.')
    },
  })
  const decoder = new TextDecoder()
  let rest = ''
  for await (const event of run.events()) {
    if (event.kind === 'exit') {
      if (rest !== '') command.onLine(rest)
      return event.exitCode
    }
    const lines = (rest + decoder.decode(event.bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) command.onLine(line)
  }
  throw new AgentMachinesError('SUBSTRATE_FATAL', 'The installer ended without an exit code.')
}
