import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  chmod,
  chown,
  mkdir,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { AgentMachinesError, type RuntimeInstall, type SharedRuntimes } from '@agent-machines/core'
import { withFileLock } from './file-lock.ts'
import type { IsolationCheck } from './isolation-check.ts'
import { ifPresent, toLocalError } from './local-errors.ts'
import type { LocalHost } from './local-host.ts'
import { machineRuntimes } from './sandbox-arguments.ts'
import { runThrowaway } from './throwaway-sandbox.ts'
import { throwawayUid } from './uid-allocation.ts'

type EnsureOptions = Parameters<SharedRuntimes['ensure']>[1]

const installLimitMs = 20 * 60_000
const verifyLimitMs = 2 * 60_000
const fullBelowBytes = 32 * 1024 * 1024

/** Runtimes below `<data>/runtimes/<runtime>/<version>`, filled by installers that can write nothing else. */
export class RuntimeCache implements SharedRuntimes {
  readonly #host: LocalHost
  readonly #isolation: IsolationCheck
  #isolated = true

  constructor(host: LocalHost, isolation: IsolationCheck) {
    this.#host = host
    this.#isolation = isolation
  }

  pathOf(runtime: string, version: string): string {
    return join(this.#isolated ? machineRuntimes : this.#host.layout.runtimes, runtime, version)
  }

  async ensure(install: RuntimeInstall, options: EnsureOptions): Promise<void> {
    refuseOddNames(install)
    this.#isolated = (await this.#isolation.required()) === 'namespaces'
    if (await this.#isInstalled(install)) return
    await this.#host.prepareFolders()
    const lock = join(this.#host.layout.locks, `runtime-${install.runtime}-${install.version}`)
    await withFileLock(await this.#host.tool('flock'), lock, options.signal, async () => {
      if (await this.#isInstalled(install)) return
      await this.#installLogged(install, options)
    })
  }

  async #isInstalled({ runtime, version }: RuntimeInstall): Promise<boolean> {
    return (await ifPresent(stat(join(this.#host.layout.runtimes, runtime, version)))) !== undefined
  }

  /** Machines read the log while they wait; its last line says how it ended. */
  async #installLogged(install: RuntimeInstall, options: EnsureOptions): Promise<void> {
    const folder = join(this.#host.layout.runtimes, '.log')
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await chmod(folder, 0o755)
    const path = join(folder, `${install.runtime}-${install.version}.log`)
    await writeFile(path, '', { mode: 0o644 })
    let written = Promise.resolve()
    const log = (line: string): void => {
      options.onLog?.(line)
      written = written.then(() => appendFile(path, `${line}\n`)).catch(() => undefined)
    }
    try {
      await this.#install(install, log, options.signal)
      log('am-install: done')
    } catch (error) {
      const failure = toLocalError(error, `install ${install.runtime}`)
      log(`am-install: failed ${failure.message.replaceAll('\n', ' ')}`)
      throw failure
    } finally {
      await written
    }
  }

  async #install(
    install: RuntimeInstall,
    log: (line: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const folder = join(this.#host.layout.runtimes, install.runtime)
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await chmod(folder, 0o755)
    await sweep(folder, install.version)
    const partial = join(folder, `${partialPrefix(install.version)}${this.#host.options.random()}`)
    try {
      await mkdir(partial, { mode: 0o755 })
      if (this.#host.asRoot) await chown(partial, throwawayUid, throwawayUid)
      await this.#fill(install, partial, log, signal)
      await this.#verify(install, partial, log, signal)
      await seal(partial, this.#host.asRoot)
      await rename(partial, join(folder, install.version))
    } catch (error) {
      await rm(partial, { recursive: true, force: true })
      throw error
    }
  }

  async #fill(
    install: RuntimeInstall,
    partial: string,
    onLine: (line: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const exitCode = await runThrowaway(this.#host, {
      script: install.script,
      prefix: { source: partial, target: this.pathOf(install.runtime, install.version), writable: true },
      env: this.#host.options.installerEnvironment,
      timeoutMs: installLimitMs,
      signal,
      onLine,
      isolated: this.#isolated,
    })
    if (exitCode === 0) return
    const { bavail, bsize } = await statfs(partial)
    const why = bavail * bsize < fullBelowBytes ? 'the disk is full' : `it ended with ${exitCode}`
    throw installFailed(install, `The installer of ${install.runtime} failed: ${why}.`)
  }

  async #verify(
    install: RuntimeInstall,
    partial: string,
    log: (line: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const said: string[] = []
    const exitCode = await runThrowaway(this.#host, {
      script: install.verify.command,
      prefix: { source: partial, target: this.pathOf(install.runtime, install.version), writable: false },
      env: {},
      timeoutMs: verifyLimitMs,
      signal,
      onLine: (line) => {
        said.push(line)
        log(line)
      },
      isolated: this.#isolated,
    })
    if (exitCode === 0 && said.join('\n').includes(install.verify.expect)) return
    const message = `What was installed is not ${install.runtime} ${install.version}: its check ended with ${exitCode} and did not say "${install.verify.expect}".`
    throw installFailed(install, message)
  }
}

/** Names become folders, so they may hold nothing that leads elsewhere. */
function refuseOddNames({ runtime, version }: RuntimeInstall): void {
  for (const name of [runtime, version]) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(name)) {
      throw new AgentMachinesError('SUBSTRATE_INVALID', `${JSON.stringify(name)} cannot name a runtime.`)
    }
  }
}

function installFailed({ runtime, version }: RuntimeInstall, message: string): AgentMachinesError {
  return new AgentMachinesError('RUNTIME_INSTALL_FAILED', message, { details: { runtime, version } })
}

function partialPrefix(version: string): string {
  return `.partial-${version}@`
}

/** Removes what killed installers left; only called while holding the version's lock. */
async function sweep(folder: string, version: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(partialPrefix(version))) await rm(join(folder, name), { recursive: true })
  }
}

/** Readable by every machine, writable by none, and nothing that raises privileges. */
async function seal(folder: string, asRoot: boolean): Promise<void> {
  const commands = [
    ...(asRoot ? [['chown', '-hR', '0:0', folder]] : []),
    ['chmod', '-R', 'a+rX,u+w,go-w,a-s', folder],
  ]
  for (const [program = '', ...rest] of commands) {
    const child = spawn(program, rest, { stdio: 'ignore', env: { PATH: '/usr/bin:/bin' }, cwd: '/' })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new AgentMachinesError('SUBSTRATE_FATAL', `${program} ended with ${code}.`)
  }
}
