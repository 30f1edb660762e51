import type { PipePool } from './command-pipes.ts'
import type { Entry } from './sandbox-entry.ts'
import { WaitingShell } from './waiting-shell.ts'

interface Crew {
  /** The way in that its shells took. */
  readonly way: string
  readonly shells: WaitingShell[]
  timer: NodeJS.Timeout | undefined
}

/** How many wait on a machine that is in use: as many commands as a console has in flight. */
const ahead = 2
/** Entering takes a while and this process's time; it begins when the command before is likely over. */
const refillMs = 30
const keptMs = 60_000

/**
 * Shells that entered their machines ahead of their commands, since entering takes longer than most commands do.
 *
 * None is used twice, and none stays long on a machine that is not in use.
 */
export class WaitingShells {
  readonly #pipes: PipePool
  readonly #crews = new Map<string, Crew>()

  constructor(pipes: PipePool) {
    this.#pipes = pipes
  }

  /** One that waits on the machine, or else a new one. */
  async take(machineId: string, entry: Entry): Promise<WaitingShell> {
    const crew = this.#crewOf(machineId, entry)
    const waiting = liveOf(crew)
    clearTimeout(crew.timer)
    crew.timer = setTimeout(() => void this.#refill(machineId, crew, entry), refillMs).unref()
    if (waiting === undefined) return this.#enter(entry)
    waiting.hold(true)
    return waiting
  }

  #crewOf(machineId: string, entry: Entry): Crew {
    const way = JSON.stringify(entry)
    const known = this.#crews.get(machineId)
    if (known?.way === way) return known
    if (known !== undefined) dismiss(known)
    const crew: Crew = { way, shells: [], timer: undefined }
    this.#crews.set(machineId, crew)
    return crew
  }

  async #refill(machineId: string, crew: Crew, entry: Entry): Promise<void> {
    try {
      while (crew.shells.length < ahead && this.#crews.get(machineId) === crew) {
        const shell = await this.#enter(entry)
        shell.child.once('error', () => undefined)
        shell.hold(false)
        crew.shells.push(shell)
      }
    } catch (_cannotStart) {
      // The next command meets the same and says so.
    }
    clearTimeout(crew.timer)
    crew.timer = setTimeout(() => {
      if (this.#crews.get(machineId) === crew) this.#crews.delete(machineId)
      dismiss(crew)
    }, keptMs).unref()
  }

  async #enter(entry: Entry): Promise<WaitingShell> {
    return new WaitingShell(entry, 'open', await this.#pipes.take('open'))
  }
}

function liveOf({ shells }: Crew): WaitingShell | undefined {
  for (let shell = shells.shift(); shell !== undefined; shell = shells.shift()) {
    if (shell.isThere) return shell
    void dismissed(shell)
  }
  return undefined
}

function dismiss(crew: Crew): void {
  clearTimeout(crew.timer)
  for (const shell of crew.shells.splice(0)) void dismissed(shell)
}

/** One that cannot be ended now runs nothing, and ends with this process at the latest. */
function dismissed(shell: WaitingShell): Promise<void> {
  return shell.dismiss().catch(() => undefined)
}
