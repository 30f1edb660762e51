import type { Logger } from 'pino'
import type { MachineRow, MachineStore } from '../store/machine-store.ts'
import type { ServerEvent } from '../streams/server-event.ts'
import { toMachine } from './to-machine.ts'

type Listener = (row: MachineRow | null, machineId: string) => void

/** Live changes of machines, whichever instance made them; each is read once however many listen. */
export class FleetEvents {
  readonly #machines: Pick<MachineStore, 'get'>
  readonly #listeners = new Set<Listener>()
  readonly #log: Logger

  constructor(machines: Pick<MachineStore, 'get'>, log: Logger) {
    this.#machines = machines
    this.#log = log
  }

  /** To be called with the id of every machine that changed. */
  announce(machineId: string): void {
    if (this.#listeners.size === 0) return
    this.#machines
      .get(machineId)
      .then((row) => {
        for (const listener of this.#listeners) listener(row ?? null, machineId)
      })
      .catch((error) => this.#log.warn({ err: error, machineId }, 'could not read a changed machine'))
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves true as soon as `matches` holds for the machine, false after `withinMs`. */
  async until(
    machineId: string,
    matches: (row: MachineRow | null) => boolean,
    withinMs: number,
  ): Promise<boolean> {
    let stop = () => {}
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<boolean>((resolve, reject) => {
        const check = (row: MachineRow | null) => matches(row) && resolve(true)
        stop = this.subscribe((row, id) => id === machineId && check(row))
        timer = setTimeout(() => resolve(false), withinMs)
        this.#machines.get(machineId).then((row) => check(row ?? null), reject)
      })
    } finally {
      stop()
      clearTimeout(timer)
    }
  }

  /**
   * Changes as they happen, until aborted. A reader that falls behind gets the newest state of each
   * machine, not every one between.
   */
  async *stream(signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const changed = new Map<string, MachineRow | null>()
    let wake = () => {}
    const stop = this.subscribe((row, id) => {
      changed.set(id, row)
      wake()
    })
    const onAbort = () => wake()
    signal.addEventListener('abort', onAbort)
    try {
      yield { event: 'idle', data: {} }
      while (!signal.aborted) {
        const [first] = changed
        if (!first) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        const [id, row] = first
        changed.delete(id)
        const gone = row === null || row.state === 'destroyed'
        yield gone
          ? { event: 'removed', data: { id } }
          : { event: 'machine', data: { machine: toMachine(row) } }
      }
    } finally {
      stop()
      signal.removeEventListener('abort', onAbort)
    }
  }
}
