import { type ModelFailure, type RunEvent, type RunOutcome, runTextLimit } from '@agent-machines/core'
import type { RunExit, RunReader, RunVerdict } from '../recipe/headless.ts'
import { explainModelFailure } from './explain-model-failure.ts'
import { listCostOf } from './model-prices.ts'

/** One event of a run and whether text of it was dropped. */
export type FoldedRunEvent = RunEvent & { readonly truncated?: boolean }

/** A longer line is passed over: what it says cannot be read in part. */
const lineLimit = 32 * 1024 * 1024

export interface RunFoldOptions {
  /** The model that is asked, until the run names another; null where the runtime chooses. */
  readonly model?: string | null
  /** Whether what its model source takes is what the vendor of the model lists. */
  readonly isListPriced?: boolean
  /** What the run may cost, where we have to see to it. */
  readonly budgetUsd?: number | null
  /** Takes out of every text what must not leave the machine. */
  readonly redact?: (text: string) => string
}

/** Turns the bytes a run printed, as they come, into its events. */
export class RunFold {
  readonly #reader: RunReader
  readonly #redact: (text: string) => string
  readonly #isListPriced: boolean
  readonly #budgetUsd: number | null
  readonly #decoder = new TextDecoder()
  #rest = ''
  #isPassingOver = false
  #model: string | null
  #costUsd = 0
  /** What it was told last and tries again, unless something else happened since. */
  #failed: string | null = null

  constructor(reader: RunReader, options: RunFoldOptions = {}) {
    this.#reader = reader
    this.#redact = options.redact ?? ((text) => text)
    this.#model = options.model ?? null
    this.#isListPriced = options.isListPriced ?? false
    this.#budgetUsd = options.budgetUsd ?? null
  }

  /** Whether the run is to be ended: it cannot succeed, or has cost what it may. */
  get isToEnd(): boolean {
    return this.#isBudgetUsed || (this.#reader.isHopeless ?? false)
  }

  get #isBudgetUsed(): boolean {
    return this.#budgetUsd !== null && this.#costUsd >= this.#budgetUsd
  }

  read(bytes: Uint8Array): FoldedRunEvent[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#isPassingOver && lines.length > 0) {
      lines.shift()
      this.#isPassingOver = false
    }
    if (this.#rest.length > lineLimit) {
      this.#rest = ''
      this.#isPassingOver = true
    }
    return lines.flatMap((line) => this.#line(line))
  }

  /** The last events, `end` the very last, once the machine says how it ended. */
  finish(exit: RunExit): FoldedRunEvent[] {
    const events = this.#line(this.#rest)
    this.#rest = ''
    const outcome =
      exit.reason === 'given-up' && this.#isBudgetUsed
        ? budgetReached(this.#costUsd)
        : outcomeOf(exit, this.#reader.verdict, this.#failed)
    const end: RunEvent = { event: 'end', data: { ...outcome, exitCode: exit.exitCode } }
    return [...events, this.#clean(end)]
  }

  #line(line: string): FoldedRunEvent[] {
    const events = line.trim() === '' ? [] : this.#reader.read(line)
    for (const { event, data } of events) {
      if (event !== 'error') this.#failed = null
      else if (!data.fatal) this.#failed = data.message
    }
    return events.map((event) => this.#clean(this.#priced(event)))
  }

  /** A runtime that knows no prices gets those of the vendor's list. */
  #priced(event: RunEvent): RunEvent {
    if (event.event === 'session') this.#model = event.data.model ?? this.#model
    if (event.event !== 'usage') return event
    const costUsd = event.data.costUsd ?? (this.#isListPriced ? listCostOf(event.data, this.#model) : null)
    if (costUsd === null) return event
    this.#costUsd = costUsd
    return {
      event: 'usage',
      data: { ...event.data, costUsd, costSource: event.data.costSource ?? 'estimate' },
    }
  }

  #clean(event: RunEvent): FoldedRunEvent {
    let truncated = false
    const clean = (text: string) => {
      const safe = this.#redact(text)
      if (safe.length <= runTextLimit) return safe
      truncated = true
      return safe.slice(0, runTextLimit)
    }
    const data = mapTexts(event.data, clean)
    const cleaned = { ...event, data } as RunEvent
    return truncated ? { ...cleaned, truncated } : cleaned
  }
}

interface Outcome {
  readonly state: RunOutcome
  readonly detail: string | null
  readonly cause: ModelFailure | null
}

function budgetReached(costUsd: number): Outcome {
  const detail = `At list prices it has cost $${costUsd.toFixed(4)} by now.`
  return { state: 'budget-reached', detail, cause: null }
}

/** Whoever ended the run decides what it came to, then the runtime, then its exit code. */
function outcomeOf(
  { reason, exitCode, stderr }: RunExit,
  said: RunVerdict | null,
  lastFailure: string | null,
): Outcome {
  switch (reason) {
    case 'cancelled':
      return { state: 'cancelled', detail: null, cause: null }
    case 'timed-out':
      return timedOut(lastFailure)
    case 'lost':
      return failed('Its processes were ended with the machine, or by somebody on it.')
    case 'given-up':
    case 'ended':
      return said ? explained(said) : failed(lastLineOf(stderr) ?? `It ended with exit code ${exitCode}.`)
  }
}

function failed(detail: string | null): Outcome {
  return { state: 'failed', detail, cause: null }
}

/** A runtime that tries again for longer than the run may take does not come to tell why. */
function timedOut(lastFailure: string | null): Outcome {
  if (lastFailure === null) return { state: 'timed-out', detail: null, cause: null }
  const cause = explainModelFailure({ status: null, said: lastFailure })?.cause ?? null
  return { state: 'timed-out', detail: `It was trying again after this: ${lastFailure}`, cause }
}

/** What the model source did wrong is told in the same words for every runtime. */
function explained({ state, detail, modelStatus: status }: RunVerdict): Outcome {
  const known = status === undefined ? null : explainModelFailure({ status, said: detail ?? '' })
  if (known === null) return { state, detail, cause: null }
  const { message, cause } = known
  return { state: cause.code === 'limited' ? 'limit-reached' : state, detail: message, cause }
}

function lastLineOf(text: string): string | null {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .findLast((line) => line !== '') ?? null
  )
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapTexts(each, change)]))
}
