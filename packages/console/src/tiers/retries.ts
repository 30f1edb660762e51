import { AgentMachinesError, isAgentMachinesError } from '@agent-machines/core'
import type { Timers } from '../hub/timers.ts'
import { isMissing, isUnsupported } from './wire.ts'

const firstPauseMs = 50
/** In a row; then the way itself is taken for broken. */
const mostFailures = 4

/** Waits longer after each failure in a row, and gives up after a few. */
export class Retries {
  readonly #timers: Timers
  readonly #signal: AbortSignal
  readonly #again: () => void
  readonly #giveUp: (error: AgentMachinesError) => void
  #failures = 0
  #waiting = false

  constructor(
    timers: Timers,
    signal: AbortSignal,
    again: () => void,
    giveUp: (error: AgentMachinesError) => void,
  ) {
    this.#timers = timers
    this.#signal = signal
    this.#again = again
    this.#giveUp = giveUp
  }

  get isWaiting(): boolean {
    return this.#waiting
  }

  succeeded(): void {
    this.#failures = 0
  }

  failed(error: unknown): void {
    if (this.#signal.aborted) return
    this.#failures += 1
    if (this.#failures >= mostFailures || isMissing(error) || isUnsupported(error)) {
      this.#giveUp(asProblem(error))
      return
    }
    if (this.#waiting) return
    this.#waiting = true
    this.#timers.after(firstPauseMs * 2 ** (this.#failures - 1), () => {
      this.#waiting = false
      this.#again()
    })
  }
}

function asProblem(error: unknown): AgentMachinesError {
  if (isAgentMachinesError(error)) return error
  return new AgentMachinesError('SUBSTRATE_TRANSIENT', 'Commands fail on the machine.', {
    details: { cause: String(error) },
  })
}
