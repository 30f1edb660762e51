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
