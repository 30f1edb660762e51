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

/** Log text kept of each phase, for its error. */
const keptLogLength = 64 * 1024

export interface BootstrapFoldOptions {
  /** Applied to all log text that leaves the fold, such as the removal of secret values. */
  readonly redact?: (text: string) => string
}

/**
 * Turns the bytes that the follow command prints into the bootstrap as the outside sees it.
 *
 * State and log come on two streams without a common order, so the end of a phase is held back until the log has
 * shown the end of its output, or until \`finish\`. One fold takes the bytes of one machine from offset 0 on.
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
  #held: BootstrapStateEvent[] = []
  #result: 'pending' | 'running' | 'done' | 'failed' = 'pending'
  #read = { state: 0, log: 0 }

  constructor(
    phases: readonly Pick<PlannedPhase, 'id' | 'label' | 'group'>[],
    options: BootstrapFoldOptions = {},
  ) {
    this.#order = phases.map((phase) => phase.id)
    for (const { id, label, group } of phases) this.#phases.set(id, { id, label, group, state: 'pending' })
    this.#redact = options.redact ?? ((text) => text)
  }

  get bootstrap(): Bootstrap {
    return { state: this.#result, phases: this.#order.flatMap((id) => this.#phases.get(id) ?? []) }
  }

  /** Where to follow on. */
  get offsets(): BootstrapOffsets {
    return { ...this.#read }
  }

  /** Takes stdout of the follow command. */
  readState(bytes: Uint8Array): BootstrapEvent[] {
    this.#read.state += bytes.length
    this.#held.push(...this.#state.read(bytes))
    return this.#release(false)
  }

  /** Takes stderr of the follow command. */
  readLog(bytes: Uint8Array): BootstrapEvent[] {
    this.#read.log += bytes.length
    const events = this.#log.read(bytes).flatMap((piece) => this.#applyLog(piece))
    return [...events, ...this.#release(false)]
  }

  /** Call when the follow command has ended; a state of `running` then means that the runner was killed. */
  finish(): BootstrapEvent[] {
    const events = this.#log.finish().flatMap((piece) => this.#applyLog(piece))
    return [...events, ...this.#release(true)]
  }

  #release(all: boolean): BootstrapEvent[] {
    const events: BootstrapEvent[] = []
    for (let next = this.#held[0]; next; next = this.#held[0]) {
      if (!all && this.#mustWait(next)) break
      this.#held = this.#held.slice(1)
      events.push(...this.#applyState(next))
    }
    return events
  }

  #mustWait(event: BootstrapStateEvent): boolean {
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
      return [{ event: 'done', data: { state: event.state } }]
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
        const data: BootstrapPhase = { id, label, group, state: 'pending' }
        this.#phases.set(id, data)
        return { event: 'phase', data }
      })
  }

  #phaseAfter(phase: BootstrapPhase, event: BootstrapStateEvent & { event: 'phase' }): BootstrapPhase | null {
    const { id, label, group } = phase
    switch (event.state) {
      case 'kept':
        return phase.state === 'done' ? null : { id, label, group, state: 'done' }
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
