import type { Bootstrap, BootstrapPhase, BootstrapStateEvent, PlannedPhase } from '@agent-machines/core'
import { classifyFailure } from './classify-failure.ts'
import type { BootstrapOffsets } from './follow-command.ts'
import { type LogPiece, LogReader } from './log-reader.ts'
import { StateReader } from './state-reader.ts'

/** What a follower of a bootstrap is told, in order. */
export type BootstrapEvent =
  | { readonly event: 'phase'; readonly data: BootstrapPhase }
  | { readonly event: 'log'; readonly data: { readonly phase: string; readonly text: string } }
  | { readonly event: 'done'; readonly data: { readonly state: 'done' | 'failed' } }

/** With how much of state and log is told once this is: where another follower goes on. */
export type ToldBootstrapEvent = BootstrapEvent & { readonly offsets: BootstrapOffsets }

/** Log text kept of each phase, for its error. */
const keptLogLength = 64 * 1024

export interface BootstrapFoldOptions {
  /** Applied to all log text that leaves the fold, such as the removal of secret values. */
  readonly redact?: (text: string) => string
}

/**
 * Turns the bytes that the follow command prints into the bootstrap as the outside sees it.
 *
 * State and log come on two streams without a common order, so the end of a phase is held back until the log has shown
 * the end of its output, or until `finish`, and the end of all until `finish`: a retry may have begun since. One fold
 * takes the bytes of one machine from offset 0 on.
 */
export class BootstrapFold {
  readonly #order: readonly string[]
  readonly #phases = new Map<string, BootstrapPhase>()
  readonly #logs = new Map<string, string>()
  /** Ends of output seen in the log, as `id attempt run`. */
  readonly #ended = new Set<string>()
  readonly #state = new StateReader()
  readonly #log = new LogReader()
  readonly #redact: (text: string) => string
  /** Read and not told yet, with the offset behind each. */
  #held: { readonly event: BootstrapStateEvent; readonly end: number }[] = []
  #result: 'pending' | 'running' | 'done' | 'failed' = 'pending'
  #read = { state: 0, log: 0 }
  #toldState = 0

  constructor(
    phases: readonly Pick<PlannedPhase, 'id' | 'label' | 'group'>[],
    options: BootstrapFoldOptions = {},
  ) {
    this.#order = phases.map((phase) => phase.id)
    for (const { id, label, group } of phases)
      this.#phases.set(id, { id, label, group, state: 'pending', attempt: 0 })
    this.#redact = options.redact ?? ((text) => text)
  }

  get bootstrap(): Bootstrap {
    return { state: this.#result, phases: this.#order.flatMap((id) => this.#phases.get(id) ?? []) }
  }

  /** Where to follow on: a state that is read and held back counts as not told. */
  get offsets(): BootstrapOffsets {
    return { state: this.#toldState, log: this.#read.log }
  }

  /** Takes stdout of the follow command. */
  readState(bytes: Uint8Array): ToldBootstrapEvent[] {
    for (const line of linesOf(bytes)) {
      this.#read.state += line.length
      const end = this.#read.state
      this.#held.push(...this.#state.read(line).map((event) => ({ event, end })))
    }
    return this.#release(false)
  }

  /** Takes stderr of the follow command. */
  readLog(bytes: Uint8Array): ToldBootstrapEvent[] {
    const told: ToldBootstrapEvent[] = []
    // One at a time, so that an offset never stands for more than one line.
    for (const line of linesOf(bytes)) {
      this.#read.log += line.length
      const events = this.#log.read(line).flatMap((piece) => this.#applyLog(piece))
      told.push(...this.#told(events), ...this.#release(false))
    }
    return told
  }

  /** Call when the follow command has ended; a state of `running` then means that the runner was killed. */
  finish(): ToldBootstrapEvent[] {
    const events = this.#log.finish().flatMap((piece) => this.#applyLog(piece))
    return [...this.#told(events), ...this.#release(true)]
  }

  #told(events: readonly BootstrapEvent[]): ToldBootstrapEvent[] {
    return events.map((event) => ({ ...event, offsets: this.offsets }))
  }

  #release(all: boolean): ToldBootstrapEvent[] {
    const told: ToldBootstrapEvent[] = []
    for (let next = this.#held[0]; next; next = this.#held[0]) {
      if (!all && this.#mustWait(next.event)) break
      this.#held = this.#held.slice(1)
      const events = this.#applyState(next.event)
      // One line can say several things; it is told with the last of them.
      told.push(...this.#told(events.slice(0, -1)))
      this.#toldState = next.end
      told.push(...this.#told(events.slice(-1)))
    }
    return told
  }

  #mustWait(event: BootstrapStateEvent): boolean {
    // Another run may have begun since; the state only says so in its next line.
    if (event.event === 'end') return this.#held.length === 1
    if (event.event !== 'phase' || (event.state !== 'done' && event.state !== 'failed')) return false
    return this.#phases.has(event.id) && !this.#ended.has(`${event.id} ${event.attempt} ${event.run}`)
  }

  #applyLog(piece: LogPiece): BootstrapEvent[] {
    const { phase } = piece
    if (piece.kind === 'end') this.#ended.add(`${phase} ${piece.output}`)
    if (piece.kind === 'begin') this.#logs.set(phase, '')
    if (piece.kind !== 'text') return []
    this.#logs.set(phase, ((this.#logs.get(phase) ?? '') + piece.text).slice(-keptLogLength))
    return [{ event: 'log', data: { phase, text: this.#redact(piece.text) } }]
  }

  #applyState(event: BootstrapStateEvent): BootstrapEvent[] {
    if (event.event === 'run') {
      this.#result = 'running'
      return this.#restart()
    }
    if (event.event === 'end') {
      this.#result = event.state
      return this.#held.length > 0 ? [] : [{ event: 'done', data: { state: event.state } }]
    }
    const phase = this.#phases.get(event.id)
    if (!phase) return []
    const next = this.#phaseAfter(phase, event)
    if (!next) return []
    this.#phases.set(event.id, next)
    return [{ event: 'phase', data: next }]
  }

  /** A new run takes up what the last one left unfinished. */
  #restart(): BootstrapEvent[] {
    return [...this.#phases.values()]
      .filter((phase) => phase.state === 'failed' || phase.state === 'running')
      .map(({ id, label, group }) => {
        const data: BootstrapPhase = { id, label, group, state: 'pending', attempt: 0 }
        this.#phases.set(id, data)
        return { event: 'phase', data }
      })
  }

  #phaseAfter(phase: BootstrapPhase, event: BootstrapStateEvent & { event: 'phase' }): BootstrapPhase | null {
    const { id, label, group } = phase
    switch (event.state) {
      case 'kept':
        return phase.state === 'done' ? null : { id, label, group, state: 'done', attempt: phase.attempt }
      case 'running': {
        const startedAt = event.attempt > 1 && phase.startedAt ? phase.startedAt : event.at
        return { id, label, group, state: 'running', attempt: event.attempt, startedAt }
      }
      case 'done':
        return { ...phase, state: 'done', attempt: event.attempt, finishedAt: event.at }
      case 'failed': {
        const log = this.#redact(this.#logs.get(id) ?? '')
        const error = classifyFailure({ exitCode: event.exitCode, expired: event.expired, log })
        return { ...phase, state: 'failed', attempt: event.attempt, finishedAt: event.at, error }
      }
    }
  }
}

/** Whole lines, and what stands behind the last of them. */
function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0
  while (start < bytes.length) {
    const end = bytes.indexOf(0x0a, start)
    const next = end === -1 ? bytes.length : end + 1
    yield bytes.subarray(start, next)
    start = next
  }
}
