import type { Clock } from './clock.ts'

const tickMs = 5000
const silenceMs = 40_000
const linkMs = 15_000
const unansweredMs = 10_000
/** A timer that is later than this ran in a hidden page, or the computer slept. */
const leapMs = 4 * tickMs

export interface Watched {
  /** When the oldest unanswered message was sent. */
  oldestSentAt(): number | null
  stalled(why: string): void
  /** The computer slept: every connection from before is worth nothing. */
  wokeUp(): void
}

/** Notices connections that are dead without having said so. */
export class Watchdog {
  readonly #clock: Clock
  readonly #watched: Watched
  #phase: 'none' | 'waiting' | 'standing' = 'none'
  #heardAt = 0
  #heardAtWall = 0
  #cancel: (() => void) | null = null

  constructor(clock: Clock, watched: Watched) {
    this.#clock = clock
    this.#watched = watched
  }

  start(): void {
    if (this.#cancel) return
    this.#schedule()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  waitForLink(): void {
    this.#phase = 'waiting'
    this.heard()
  }

  linkStands(): void {
    this.#phase = 'standing'
  }

  linkGone(): void {
    this.#phase = 'none'
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
    this.#heardAtWall = this.#clock.wall()
  }

  #schedule(): void {
    const begun = this.#clock.wall()
    this.#cancel = this.#clock.after(tickMs, () => {
      this.#schedule()
      const wall = this.#clock.wall()
      const slept = wall - begun > leapMs && wall - this.#heardAtWall > leapMs
      if (slept) this.#watched.wokeUp()
      else this.#check(this.#clock.now())
    })
  }

  #check(now: number): void {
    const silentMs = now - this.#heardAt
    const oldest = this.#watched.oldestSentAt()
    if (this.#phase === 'waiting' && silentMs > linkMs) {
      this.#watched.stalled('The console did not open in time.')
    } else if (this.#phase === 'standing' && silentMs > silenceMs) {
      this.#watched.stalled('The console fell silent.')
    } else if (this.#phase === 'standing' && oldest !== null && now - oldest > unansweredMs) {
      this.#watched.stalled('Input was not acknowledged in time.')
    }
  }
}
