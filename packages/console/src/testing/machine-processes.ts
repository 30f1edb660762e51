import { readdirSync, readFileSync } from 'node:fs'

/** The processes of a console machine, found by the home they see. */
export function processesOf({ home }: { readonly home: string }): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`)
    } catch {
      // Ended in between, or somebody else's.
      return false
    }
  })
}

/** The name of a process's program; empty when it is gone. */
export function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    // Ended in between.
    return ''
  }
}

/** As a substrate does that keeps nothing but files. */
export function killEverything(machine: { readonly home: string }): void {
  for (const pid of processesOf(machine)) killQuietly(pid)
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It may have ended by itself in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
