import { type RunEvent, runTextLimit } from '@agent-machines/core'
import type { RunExit, RunReader, RunVerdict } from '../recipe/headless.ts'

/** One event of a run and whether text of it was dropped. */
export type FoldedRunEvent = RunEvent & { readonly truncated?: boolean }

/** A longer line is passed over: what it says cannot be read in part. */
const lineLimit = 32 * 1024 * 1024

export interface RunFoldOptions {
  /** Takes out of every text what must not leave the machine. */
  readonly redact?: (text: string) => string
}

/** Turns the bytes a run printed, as they come, into its events. */
export class RunFold {
  readonly #reader: RunReader
  readonly #redact: (text: string) => string
  readonly #decoder = new TextDecoder()
  #rest = ''
  #isPassingOver = false

  constructor(reader: RunReader, options: RunFoldOptions = {}) {
    this.#reader = reader
    this.#redact = options.redact ?? ((text) => text)
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
    const verdict = verdictOf(exit, this.#reader.verdict)
    const end: RunEvent = { event: 'end', data: { ...verdict, exitCode: exit.exitCode } }
    return [...events, this.#clean(end)]
  }

  #line(line: string): FoldedRunEvent[] {
    return line.trim() === '' ? [] : this.#reader.read(line).map((event) => this.#clean(event))
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

/** Whoever ended the run decides what it came to, then the runtime, then its exit code. */
function verdictOf({ reason, exitCode, stderr }: RunExit, said: RunVerdict | null): RunVerdict {
  switch (reason) {
    case 'cancelled':
      return { state: 'cancelled', detail: null }
    case 'timed-out':
      return { state: 'timed-out', detail: null }
    case 'lost':
      return { state: 'failed', detail: 'Its processes were ended with the machine, or by somebody on it.' }
    case 'ended':
      return said ?? { state: 'failed', detail: lastLineOf(stderr) ?? `It ended with exit code ${exitCode}.` }
  }
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
