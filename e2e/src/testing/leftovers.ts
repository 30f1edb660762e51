import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { listProcesses, pidsUsing } from './processes.ts'

/** Names by which everything of one data directory can be found on this computer. */
interface Traces {
  readonly data: string
  readonly hash: string
}

/** What is still there of a data directory's machines and control planes: processes, cgroups and sockets. */
export async function leftoversOf(data: string, uids: readonly number[] = []): Promise<string[]> {
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 12)
  const traces = { data, hash }
  const [processes, cgroups, sockets] = await Promise.all([
    leftProcesses(traces, uids),
    leftCgroups(traces),
    leftSockets(traces),
  ])
  return [...processes, ...cgroups, ...sockets]
}

async function leftProcesses({ data, hash }: Traces, uids: readonly number[]): Promise<string[]> {
  const users = new Set(await pidsUsing(data))
  return (await listProcesses())
    .filter(
      ({ pid, uid, cgroup, commandLine }) =>
        users.has(pid) || uids.includes(uid) || cgroup.includes(hash) || commandLine.includes(data),
    )
    .map(({ pid, uid, commandLine }) => `process ${pid} of uid ${uid}: ${commandLine.slice(0, 120)}`)
}

async function leftCgroups({ hash }: Traces): Promise<string[]> {
  const hierarchies = (await namesIn('/sys/fs/cgroup')).map((name) => `/sys/fs/cgroup/${name}/agent-machines`)
  const bases = ['/sys/fs/cgroup/agent-machines', ...hierarchies]
  const found = await Promise.all(
    bases.map(async (base) => ((await namesIn(base)).includes(hash) ? [base] : [])),
  )
  return found.flat().map((base) => `cgroup ${base}/${hash}`)
}

async function leftSockets({ hash }: Traces): Promise<string[]> {
  const folders = await Promise.all(
    ['/run', '/tmp'].map(async (folder) => (await namesIn(folder)).map((name) => `${folder}/${name}`)),
  )
  return folders.flat().filter((path) => path.includes(`/am-`) && path.includes(hash))
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
