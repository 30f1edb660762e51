import { readdir, readFile, readlink } from 'node:fs/promises'

/** Who listens on a port of this computer, such as `nginx (process 812)`; null where that can't be seen. */
export async function portHolderOf(port: number): Promise<string | null> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty))
  const sockets = new Set(tables.flatMap((table) => listenersIn(table, port)))
  if (sockets.size === 0) return null
  for (const pid of await listOrNone('/proc')) {
    if (!/^\d+$/.test(pid) || !(await holdsOneOf(pid, sockets))) continue
    const name = (await readOrEmpty(`/proc/${pid}/comm`)).trim()
    return `${name} (process ${pid})`
  }
  return null
}

/** Inodes of the sockets that listen on `port`, from a table of `/proc/net`. */
export function listenersIn(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
    return state === '0A' && local.endsWith(`:${wanted}`) && inode !== undefined ? [inode] : []
  })
}

async function holdsOneOf(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await listOrNone(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && sockets.has(inode)) return true
  }
  return false
}

/** Processes end while they are looked at, and those of others can't be looked into. */
async function listOrNone(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
