import type { ConsoleTier } from '@agent-machines/core'
import { leftLine, releaseLine, seenLine } from '../protocol/driver-lines.ts'
import type { ConsolePeople } from './console-people.ts'
import type { Timers } from './timers.ts'

interface Rate {
  /** How often the worker is told that the driver is here. */
  readonly everyMs: number
  /** For how long that holds. */
  readonly leaseSeconds: number
}

/** Where each line costs a command, they are rarer and hold longer; by polling they ride along. */
const rates: Readonly<Record<ConsoleTier, Rate>> = {
  attach: { everyMs: 0, leaseSeconds: 0 },
  stream: { everyMs: 20_000, leaseSeconds: 26 },
  poll: { everyMs: Number.POSITIVE_INFINITY, leaseSeconds: 26 },
}
const rideMs = 8000

/** Tells the worker that the driver is still there, and lets it release one that is not. */
export class Presence {
  readonly #timers: Timers
  readonly #people: ConsolePeople
  readonly #driver: () => string | null
  readonly #name: string
  #said = { hash: '', isHere: false, at: Number.NEGATIVE_INFINITY }

  /** `name`: of this view of the console, among all instances. */
  constructor(timers: Timers, people: ConsolePeople, driver: () => string | null, name: string) {
    this.#timers = timers
    this.#people = people
    this.#driver = driver
    this.#name = name
  }

  /** What is to be sent now for its own sake. */
  due(tier: ConsoleTier): readonly string[] {
    return this.#lines(rates[tier].everyMs, rates[tier].leaseSeconds)
  }

  /** What goes along with something else. */
  along(): readonly string[] {
    return this.#lines(rideMs, rates.poll.leaseSeconds)
  }

  #lines(everyMs: number, leaseSeconds: number): readonly string[] {
    const hash = this.#driver()
    if (hash === null) return []
    const isHere = this.#people.isHere(hash)
    const said = this.#said
    const now = this.#timers.now()
    const hasLeft = said.isHere && said.hash === hash && !isHere
    const hasCome = isHere && !(said.isHere && said.hash === hash)
    if (!hasLeft && !hasCome && now - said.at < everyMs) return []
    if (!isHere && !hasLeft && this.#people.viewers === 0) return []
    this.#said = { hash, isHere, at: now }
    if (isHere) return [seenLine(hash, this.#name, leaseSeconds)]
    const awaySeconds = Math.floor(this.#people.awayMs(hash) / 1000)
    return hasLeft ? [leftLine(hash, this.#name, awaySeconds)] : [releaseLine]
  }
}
