import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory of one process. */
export function residentMegabytes(pid: number): number {
  return kilobytesIn(readFileSync(`/proc/${pid}/status`, 'utf8'), /^VmRSS:\s+(\d+)/m) / 1024
}

/** Memory of the database server below `pid`, each shared page counted once. */
export function postgresMegabytes(dataDirectory: string): number {
  const servers = processes().filter(
    ({ command }) => command.includes('postgres') && command.includes(dataDirectory),
  )
  const roots = new Set(servers.map(({ pid }) => pid))
  const all = processes().filter(({ pid, parent }) => roots.has(pid) || roots.has(parent))
  return all.reduce((sum, { pid }) => sum + proportionalKilobytes(pid), 0) / 1024
}

function proportionalKilobytes(pid: number): number {
  return kilobytesIn(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), /^Pss:\s+(\d+)/m)
}

function processes(): { pid: number; parent: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [{ pid: Number(name), parent, command }]
      } catch {
        // Ended between the listing and the look.
        return []
      }
    })
}

function kilobytesIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? Number.NaN)
}
