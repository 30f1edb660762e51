import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { AgentMachinesError } from '@agent-machines/core'
import { errnoOf } from './local-errors.ts'
import type { MachineRecord } from './machine-record.ts'
import { liveStatOf } from './process-identity.ts'
import { machineHome } from './sandbox-arguments.ts'
import { allPids } from './small-files.ts'

/** Machines are ended many at a time, among thousands of processes. */
const filesAtOnce = 64

/** By what a machine's processes are known. */
type Owner = Pick<MachineRecord, 'uid' | 'isolation'>

/**
 * Ends every process of the machine that runs on this computer, recorded or not.
 *
 * Found by the machine's own uid, else by the home it sees: its mount, or `HOME` without a sandbox.
 */
export async function endStrays(record: Owner, home: string): Promise<void> {
  for (let stepMs = 1, waitedMs = 0; ; waitedMs += stepMs, stepMs = Math.min(stepMs * 2, 100)) {
    const pids = await straysOf(record, home)
    if (pids.length === 0) return
    if (waitedMs > 10_000) {
      throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'Processes of the machine do not end.')
    }
    for (const pid of pids) kill(pid)
    await delay(stepMs)
  }
}

async function straysOf(record: Owner, home: string): Promise<number[]> {
  const pids = allPids()
  const found: number[] = []
  for (let start = 0; start < pids.length; start += filesAtOnce) {
    const some = pids.slice(start, start + filesAtOnce)
    const own = await Promise.all(some.map((pid) => belongs(pid, record, home)))
    found.push(...some.filter((pid, index) => own[index] && pid !== process.pid))
  }
  return found
}

async function belongs(pid: number, record: Owner, home: string): Promise<boolean> {
  if (record.uid !== null) return hasUid(pid, record.uid)
  if (record.isolation === 'namespaces') return seesHome(await readProcess(pid, 'mountinfo'), home)
  const environment = (await readProcess(pid, 'environ')).split('\0')
  const own = environment.includes(`HOME=${home}`) || environment.includes(`AM_ENTRY_0=${home}`)
  return own && liveStatOf(pid) !== undefined
}

async function hasUid(pid: number, uid: number): Promise<boolean> {
  const status = await readProcess(pid, 'status')
  return new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(status) && !/^State:\s+[ZX]/m.test(status)
}

/** Whether the home of a sandbox is bound from `home`; mountinfo writes it relative to its file system. */
export function seesHome(mountinfo: string, home: string): boolean {
  return mountinfo.split('\n').some((line) => {
    const [, , , root = '', target] = line.split(' ')
    return target === machineHome && root !== '/' && home.endsWith(sourceOf(root))
  })
}

/** The folder that was bound, also when it was deleted since. */
function sourceOf(root: string): string {
  const path = root.replace(/\/\/deleted$/, '')
  return path.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** Empty where the process is gone or somebody else's. */
async function readProcess(pid: number, file: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ESRCH' || errno === 'EACCES' || errno === 'EPERM') return ''
    if (errno === 'EINVAL') return ''
    throw error
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}
