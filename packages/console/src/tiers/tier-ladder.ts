import type { ConsoleTier } from '@agent-machines/core'
import type { Timers } from '../hub/timers.ts'
import type { ConsoleExec } from './wire.ts'

/** A tier is given up after this many failures in a row that took at least that long. */
const mostFailures = 3
const patienceMs = 1500
const raiseAfterMs = 60_000
const longestRaiseMs = 30 * 60_000

/** Which way to the console is used: the best one that works. */
export class TierLadder {
  readonly #timers: Timers
  readonly #tiers: readonly ConsoleTier[]
  #index = 0
  #failures = 0
  #failingSince = 0
  /** The tier was changed and has not stood since: one more failure is enough. */
  #onTrial = false
  #raiseMs = raiseAfterMs

  constructor(exec: ConsoleExec, timers: Timers) {
    this.#timers = timers
    this.#tiers = tiersOf(exec)
  }

  get current(): ConsoleTier {
    return this.#tiers[this.#index] ?? 'poll'
  }

  get isLowest(): boolean {
    return this.#index === this.#tiers.length - 1
  }

  /** The tiers above the current one, best first. */
  get better(): readonly ConsoleTier[] {
    return this.#tiers.slice(0, this.#index)
  }

  /** How long to stay before a better tier is tried. */
  get raiseMs(): number {
    return this.#raiseMs
  }

  stood(): void {
    if (this.#index === 0) this.#raiseMs = raiseAfterMs
    this.#failures = 0
    this.#onTrial = false
  }

  failed(isFinal: boolean): void {
    const now = this.#timers.now()
    if (this.#failures === 0) this.#failingSince = now
    this.#failures += 1
    const isEnough = this.#failures >= mostFailures && now - this.#failingSince >= patienceMs
    if (isFinal || isEnough || this.#onTrial) this.#lower()
  }

  /** A better tier was found to work. */
  raise(tier: ConsoleTier): void {
    this.#index = Math.max(0, this.#tiers.indexOf(tier))
    this.#failures = 0
    this.#onTrial = true
    this.#raiseMs = Math.min(longestRaiseMs, this.#raiseMs * 2)
  }

  /** Below the lowest comes the best again: when nothing works, it is not the tier. */
  #lower(): void {
    this.#index = (this.#index + 1) % this.#tiers.length
    this.#failures = 0
    this.#onTrial = this.#index > 0
  }
}

function tiersOf(exec: ConsoleExec): ConsoleTier[] {
  const tiers: ConsoleTier[] = []
  if (exec.attach !== undefined) tiers.push('attach')
  if (exec.streamExec !== undefined) tiers.push('stream')
  return [...tiers, 'poll']
}
