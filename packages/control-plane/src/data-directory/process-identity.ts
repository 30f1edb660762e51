import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * A string that no other process has had under this pid: boot and start time. Undefined when no live
 * process has the pid; a zombie does not count as live.
 */
export async function processIdentityOf(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? await linuxIdentityOf(pid) : await psIdentityOf(pid)
}

async function linuxIdentityOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(noneIfGone)
  if (stat === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTicks] = [fields[0], fields[19]]
  if (state === 'Z' || state === 'X') return undefined
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
  return `${boot.trim()}:${startTicks}`
}

async function psIdentityOf(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { env: { LC_ALL: 'C' } })
    const line = stdout.trim()
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '')
  } catch (error) {
    // ps exits 1 when no process has the pid.
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined
    throw error
  }
}

/** The argument list of a live process; empty when there is none or it is not ours to read. */
export async function commandLineOf(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(noneIfGone)
    return line === undefined ? [] : line.split('\0').slice(0, -1)
  }
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout.trim() === '' ? [] : stdout.trim().split(' ')
}

function noneIfGone(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ESRCH') return undefined
  throw error
}
