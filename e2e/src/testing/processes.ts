import { readdir, readFile, readlink } from 'node:fs/promises'

export interface HostProcess {
  readonly pid: number
  readonly uid: number
  readonly commandLine: string
  /** As `/proc/<pid>/cgroup` says it. */
  readonly cgroup: string
  /** Clock ticks of CPU time, its own and its dead children's. */
  readonly cpuTicks: number
}

/** All processes of this computer that live and can be read. */
export async function listProcesses(): Promise<HostProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map((pid) => readProcess(pid)))
  return found.filter((process) => process !== undefined)
}

/** Those of the machine, found by its cgroup or by its id, which is the host name of its sandbox. */
export async function processesOfMachine(machineId: string): Promise<HostProcess[]> {
  return (await listProcesses()).filter(
    ({ cgroup, commandLine }) =>
      cgroup.includes(`/${machineId}`) || commandLine.includes(`--hostname ${machineId}`),
  )
}

/** Collects what stands in the arguments of any process until it is stopped. */
export function watchCommandLines(): { stop(): Promise<ReadonlySet<string>> } {
  const seen = new Set<string>()
  let watching = true
  const done = (async () => {
    while (watching) {
      for (const { commandLine } of await listProcesses()) seen.add(commandLine)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return seen
  })()
  return {
    stop: () => {
      watching = false
      return done
    },
  }
}

async function readProcess(pid: number): Promise<HostProcess | undefined> {
  try {
    const [status, stat, commandLine, cgroup] = await Promise.all(
      ['status', 'stat', 'cmdline', 'cgroup'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
    )
    const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only its parent, for an orphan the computer's init, has yet to notice.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    const ticks = [11, 12, 13, 14].map((index) => Number(fields[index]))
    return {
      pid,
      uid: Number(/^Uid:\s+(\d+)/m.exec(status ?? '')?.[1] ?? -1),
      commandLine: (commandLine ?? '').replaceAll('\0', ' ').trim(),
      cgroup: cgroup ?? '',
      cpuTicks: ticks.reduce((sum, each) => sum + each, 0),
    }
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Pids whose working directory, program or root is below `path`. */
export async function pidsUsing(path: string): Promise<number[]> {
  const processes = await listProcesses()
  const used = await Promise.all(processes.map(async ({ pid }) => ((await uses(pid, path)) ? [pid] : [])))
  return used.flat()
}

async function uses(pid: number, path: string): Promise<boolean> {
  const links = await Promise.all(
    ['cwd', 'exe', 'root'].map((name) => readlink(`/proc/${pid}/${name}`).catch(goneIsEmpty)),
  )
  return links.some((link) => link.startsWith(path))
}

function goneIsEmpty(error: unknown): string {
  if (isGone(error)) return ''
  throw error
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES'
}
