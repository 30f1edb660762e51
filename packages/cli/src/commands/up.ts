import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ControlPlane, UpFlags } from '@agent-machines/control-plane'
import { isAgentMachinesError } from '@agent-machines/core'
import type { CliContext } from '../context/cli-context.ts'
import type { CliIo } from '../context/cli-io.ts'
import { unlessClosed } from '../output/output-closed.ts'
import { UsageError } from '../output/usage-error.ts'
import { version } from '../version.ts'
import { isLate } from './is-late.ts'

export interface UpOptions extends UpFlags {
  readonly open: boolean
}

const stopWithinMs = 4_500

/** Serves in the foreground until the person or the system asks to stop. */
export async function up({ io, environment }: CliContext, flags: UpOptions): Promise<number> {
  const starting = start(io, environment.variables, flags)
  const plane = await Promise.race([starting, aborted(io.signal)])
  if (plane === undefined) {
    await stopEarly(starting, io)
    return 0
  }
  await io.stdout(`${plane.url}\n${plane.loginLink}\n`).catch(unlessClosed)
  plane.markReady()
  if (flags.open) openBrowser(plane.loginLink, io)
  await aborted(io.signal)
  await stop(plane, io)
  return 0
}

async function start(io: CliIo, environment: CliContext['environment']['variables'], flags: UpOptions) {
  const { startFromProcess } = await import('@agent-machines/control-plane')
  try {
    return await startFromProcess(flags, {
      version,
      environment,
      dashboardDirectory: dashboardDirectory(),
      packageFrom: [import.meta.url],
      say: (line) => void io.stderr(`${line}\n`),
    })
  } catch (error) {
    if (isAgentMachinesError(error, 'HOST_NOT_LOOPBACK'))
      throw new UsageError(`${error.message} ${error.entry.hint}`)
    if (isAgentMachinesError(error, 'REQUEST_INVALID')) throw new UsageError(error.message)
    throw error
  }
}

async function stop(plane: ControlPlane, io: CliIo): Promise<void> {
  const stopping = plane.stop()
  if (await isLate(stopping, stopWithinMs)) {
    await io.stderr('Stopped in the middle of a request. Machines keep running.\n')
    return
  }
  const running = await stopping
  const words =
    running === null
      ? 'Machines keep running; how many is not known, since the database does not answer.'
      : `${running} ${running === 1 ? 'machine keeps' : 'machines keep'} running.`
  await io.stderr(`Stopped. ${words}\n`)
}

/** What it installs or sets up is given the time to come to an end; it begins anew otherwise. */
async function stopEarly(starting: Promise<ControlPlane>, io: CliIo): Promise<void> {
  const ended = starting.then(
    (plane) => plane.stop(),
    () => undefined,
  )
  await isLate(ended, stopWithinMs)
  await io.stderr('Stopped while it started.\n')
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** The built dashboard: beside the bundle, or in the workspace. */
function dashboardDirectory(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = ['../../../web/dist', './web'].map((path) => join(here, path))
  return candidates.find((path) => existsSync(join(path, 'index.html'))) ?? join(here, 'web')
}

function openBrowser(url: string, io: CliIo): void {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open'
  const child = spawn(command, [url], { stdio: 'ignore', detached: true })
  child.on('error', () => void io.stderr('No browser could be opened; open the link above.\n'))
  child.unref()
}
