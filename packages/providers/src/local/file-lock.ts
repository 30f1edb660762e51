import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { AgentMachinesError } from '@agent-machines/core'

/**
 * Runs `work` while this process alone holds the lock on `path`, across processes.
 *
 * A helper holds the kernel's lock until its input closes, so a killed holder frees it at once.
 */
export async function withFileLock<T>(
  flock: string,
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw aborted(signal)
  const holder = spawn(flock, ['-x', path, '/bin/sh', '-c', 'echo held; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
    cwd: '/',
    detached: true,
  })
  const exited = once(holder, 'exit')
  exited.catch(() => undefined)
  holder.stdin.on('error', () => undefined)
  const abort = () => void killGroupOf(holder.pid)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const held = await Promise.race([once(holder.stdout, 'data').then(() => true), exited.then(() => false)])
    if (!held || signal?.aborted) {
      if (signal?.aborted) throw aborted(signal)
      throw new AgentMachinesError('SUBSTRATE_FATAL', 'The lock of a machine could not be taken.')
    }
    signal?.removeEventListener('abort', abort)
    return await work()
  } finally {
    signal?.removeEventListener('abort', abort)
    holder.stdin.end()
    await exited
  }
}

function killGroupOf(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // The helper may end on its own at the same moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function aborted(signal: AbortSignal): AgentMachinesError {
  return new AgentMachinesError('EXEC_ABORTED', 'Stopped while waiting for another process.', {
    cause: signal.reason,
  })
}
