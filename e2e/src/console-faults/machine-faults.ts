import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { processesOfMachine } from '../testing/processes.ts'

const run = promisify(execFile)
/** The log grows while this is done; less than is used cannot be asked for. */
const roomBytes = 16 * 1024

/** Ends the session's courier, or its whole tmux server, behind everybody's back. */
export async function killTmux(
  machineId: string,
  session: string,
  what: 'courier' | 'server',
): Promise<void> {
  for (const { pid, commandLine } of await processesOfMachine(machineId)) {
    if (!commandLine.startsWith('tmux ') || !commandLine.includes(`/${session}/tmux.sock`)) continue
    const isCourier = / -C attach /.test(commandLine)
    if (isCourier === (what === 'courier')) kill(pid, 'SIGKILL')
  }
}

/** Makes the session's program print more than a viewer that reads nothing can be sent. */
export async function flood(machineId: string, session: string): Promise<void> {
  for (const { pid, commandLine } of await processesOfMachine(machineId)) {
    if (/^perl .*lab-agent\.pl /.test(commandLine) && commandLine.includes(`/lab/${session}-`))
      kill(pid, 'SIGUSR1')
  }
}

/**
 * Hardly anything more can be written to the machine's shared memory, where the console's log is; resolves with the cure.
 * Does nothing where only root could.
 */
export async function fillDisk(machineId: string): Promise<() => Promise<void>> {
  // The first shell is there as long as the machine is; what runs in a console is killed meanwhile.
  const inside = (await processesOfMachine(machineId)).find(({ commandLine }) =>
    commandLine.startsWith('/bin/sh -c echo ready'),
  )
  if (inside === undefined || process.getuid?.() !== 0) return async () => {}
  const remount = (size: string) =>
    run('nsenter', ['-t', String(inside.pid), '-m', 'mount', '-o', `remount,size=${size}`, '/dev/shm'])
  const df = ['-t', String(inside.pid), '-m', 'df', '-B1', '--output=used', '/dev/shm']
  const leave = async (bytes: number) => {
    const { stdout } = await run('nsenter', df)
    await remount(String(Number(stdout.split('\n')[1]) + bytes))
  }
  await leave(roomBytes)
    .catch(() => leave(16 * roomBytes))
    .catch(() => leave(128 * roomBytes))
  return async () => {
    await remount('64m')
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // One process's end takes others with it.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
