import { access, chown, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Capabilities } from '@agent-machines/core'
import { AgentMachinesError, isAgentMachinesError } from '@agent-machines/core'
import { ownFolderName, removeAbandonedWork } from './abandoned-work.ts'
import type { CgroupRole } from './cgroup-host.ts'
import { CommandRun } from './command-run.ts'
import { readDistribution } from './host-tools.ts'
import { type IsolationVerdict, judgeIsolation } from './isolation-diagnosis.ts'
import { errnoOf, ifPresent } from './local-errors.ts'
import type { LocalHost } from './local-host.ts'
import { machineHome } from './sandbox-arguments.ts'
import { type EntryTarget, entryFor, wordsFor } from './sandbox-entry.ts'
import { launchSandbox } from './sandbox-launch.ts'
import { throwawayUid } from './uid-allocation.ts'
import { WaitingShell } from './waiting-shell.ts'

const goodForMs = 10 * 60_000
const badForMs = 3_000

/** Decides whether machines can be isolated here by starting a sandbox and looking around in it. */
export class IsolationCheck {
  readonly #host: LocalHost
  #cached: { verdict: Promise<IsolationVerdict>; until: number } | undefined

  constructor(host: LocalHost) {
    this.#host = host
  }

  verdict(): Promise<IsolationVerdict> {
    const now = this.#host.options.now()
    if (this.#cached !== undefined && now < this.#cached.until) return this.#cached.verdict
    const verdict = this.#look()
    const entry = { verdict, until: now + goodForMs }
    this.#cached = entry
    void verdict.then(
      ({ problems }) => {
        if (problems.length > 0) entry.until = this.#host.options.now() + badForMs
      },
      () => {
        entry.until = 0
      },
    )
    return verdict
  }

  /** The isolation new machines get; rejects where that would be none and nobody accepted it. */
  async required(): Promise<'namespaces' | 'none'> {
    const { isolation, problems } = await this.verdict()
    const [first] = problems
    if (first === undefined) return isolation
    throw new AgentMachinesError('ISOLATION_UNAVAILABLE', first.message, { details: { fix: first.fix } })
  }

  async capabilities(): Promise<Capabilities> {
    const roles = new Set<CgroupRole>((await this.#host.cgroupBases()).flatMap((base) => base.roles))
    return capabilitiesOf(roles)
  }

  async #look(): Promise<IsolationVerdict> {
    const host = this.#host
    await host.prepareFolders()
    await removeAbandonedWork(host.layout.machines)
    const tools = await host.tools()
    const canTry = process.platform === 'linux' && tools.bwrap && tools.nsenter && tools.setpriv
    const facts = {
      platform: process.platform,
      tools,
      asRoot: host.asRoot,
      distribution: await readDistribution(),
      inContainer: (await exists('/.dockerenv')) || (await exists('/run/.containerenv')),
      apparmorRestrictsUserNamespaces: await readSwitch('kernel/apparmor_restrict_unprivileged_userns'),
      unprivilegedUserNamespaces: await readSwitch('kernel/unprivileged_userns_clone'),
      maxUserNamespaces: await readSwitch('user/max_user_namespaces'),
      trialFailure: canTry ? await this.#trial() : null,
    }
    return judgeIsolation(facts, host.options.allowUnisolated)
  }

  /** What went wrong, or null when the sandbox holds what it promises. */
  async #trial(): Promise<string | null> {
    const host = this.#host
    const directory = join(host.layout.machines, ownFolderName('trial', host.options.random()))
    const home = join(directory, 'home')
    const log = join(directory, 'sandbox.log')
    const uid = host.asRoot ? throwawayUid : null
    await mkdir(directory, { mode: host.asRoot ? 0o711 : 0o700 })
    try {
      await mkdir(home, { mode: 0o700 })
      if (uid !== null) await chown(home, uid, uid)
      return await this.#startAndLook(home, log, uid)
    } catch (error) {
      if (!isAgentMachinesError(error)) throw error
      const said = ((await ifPresent(readFile(log, 'utf8'))) ?? '').split('\n')[0]
      return said === undefined || said === '' ? error.message : said
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

  async #startAndLook(home: string, logPath: string, uid: number | null): Promise<string | null> {
    const host = this.#host
    const tools = {
      bwrap: await host.tool('bwrap'),
      setpriv: await host.tool('setpriv'),
      nsenter: await host.tool('nsenter'),
    }
    const token = 'trial'
    const facts = await host.facts()
    const initPid = await launchSandbox({
      ...{ tools, host: facts, hostname: 'trial', token, home, mounts: [], uid, joins: [], logPath },
    })
    try {
      const { nsenter, setpriv } = tools
      const sandbox = { initPid, token, nsenter }
      const target = { joins: [], uid, sandbox, home: machineHome, env: {}, setpriv }
      return judgeTrial(await outputOf(target, trialScript))
    } finally {
      process.kill(initPid, 'SIGKILL')
    }
  }
}

const trialScript = [
  "sed -n 's/^\\(CapEff\\|NoNewPrivs\\):\\s*/\\1=/p' /proc/self/status",
  'while read -r inside outside count; do echo "uid=$outside"; done </proc/self/uid_map',
  'cat /etc/shadow >/dev/null 2>&1 && echo shadow',
  'touch /usr/.agent-machines-trial 2>/dev/null && echo usr',
  'touch ~/trial /tmp/trial /dev/shm/trial && echo home',
].join('\n')

/** Reads the report of the trial sandbox; null when every promise holds. */
export function judgeTrial(report: string): string | null {
  const lines = report.split('\n')
  if (!lines.includes('CapEff=0000000000000000')) return 'commands in it keep capabilities'
  if (!lines.includes('NoNewPrivs=1')) return 'commands in it can gain privileges'
  if (lines.includes('uid=0')) return "commands in it run as this computer's root"
  if (lines.includes('shadow')) return '/etc/shadow can be read in it'
  if (lines.includes('usr')) return '/usr can be written in it'
  if (!lines.includes('home')) return 'its home, /tmp or /dev/shm cannot be written'
  return null
}

/** What a machine can do where cgroups can do `roles`. */
export function capabilitiesOf(roles: ReadonlySet<CgroupRole>): Capabilities {
  return {
    sleep: roles.has('freeze'),
    memoryKept: roles.has('freeze'),
    streamExec: true,
    attach: true,
    publicUrl: false,
    limits: { cpu: roles.has('cpu'), memory: roles.has('memory'), pids: roles.has('pids') },
  }
}

async function outputOf(target: EntryTarget, script: string): Promise<string> {
  const run = new CommandRun(new WaitingShell(entryFor(target), 'none', null), {
    words: wordsFor(target, { script, stdin: 'none' }),
    timeoutMs: 10_000,
    explainRefusal: async (exitCode, stderr) =>
      new AgentMachinesError('SUBSTRATE_FATAL', stderr.split('\n')[0] || `entering it failed (${exitCode})`),
  })
  let text = ''
  for await (const event of run.events()) {
    if (event.kind === 'stdout') text += Buffer.from(event.bytes).toString('utf8')
  }
  return text
}

async function readSwitch(name: string): Promise<string | null> {
  return (await ifPresent(readFile(`/proc/sys/${name}`, 'utf8')))?.trim() ?? null
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: unknown) => errnoOf(error) !== 'ENOENT',
  )
}
