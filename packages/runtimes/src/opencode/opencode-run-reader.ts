import type { RunEvent } from '@agent-machines/core'
import type { RunReader, RunVerdict } from '../recipe/headless.ts'
import { countIn, type JsonObject, objectIn, parseJsonLine, textIn } from '../recipe/json-line.ts'
import { addTokens, noTokens, type TokenCounts, withoutCost } from '../recipe/token-counts.ts'

/** Reads `opencode run --format=json` with the lines of our plugin in between. */
export class OpenCodeRunReader implements RunReader {
  readonly #model: string | null
  #session: string | null = null
  #used = noTokens
  #verdict: RunVerdict | null = null

  constructor(model: string | null) {
    this.#model = model
  }

  get verdict(): RunVerdict | null {
    return this.#verdict
  }

  read(line: string): RunEvent[] {
    const record = parseJsonLine(line)
    const session = textIn(record?.['sessionID'])
    if (record === null || session === null) return []
    const first = this.#session === null
    this.#session ??= session
    const events = this.#record(record)
    return first ? [{ event: 'session', data: { session, model: this.#model } }, ...events] : events
  }

  #record(record: JsonObject): RunEvent[] {
    const part = objectIn(record['part'])
    const text = textIn(part['text']) ?? ''
    switch (record['type']) {
      case 'step_start':
        this.#verdict = null
        return []
      case 'text':
        return [{ event: 'message', data: { text } }]
      case 'reasoning':
        return [{ event: 'thinking', data: { text } }]
      case 'tool_use':
        return this.#tool(part)
      case 'step_finish':
        return this.#step(part)
      case 'retry':
        return this.#retry(textIn(record['message']) ?? '', record['last'] === true)
      case 'error':
        return this.#error(objectIn(record['error']))
      default:
        return []
    }
  }

  /** Told once, when the tool is through. A refusal ends the run after this step. */
  #tool(part: JsonObject): RunEvent[] {
    const state = objectIn(part['state'])
    const call = textIn(part['callID']) ?? ''
    const failed = textIn(state['error'])
    if (failed !== null) this.#verdict = { state: 'failed', detail: failed }
    const isError = failed !== null || countIn(objectIn(state['metadata'])['exit']) !== 0
    return [
      { event: 'tool-call', data: { call, name: textIn(part['tool']) ?? '', input: state['input'] ?? null } },
      { event: 'tool-result', data: { call, output: failed ?? textIn(state['output']) ?? '', isError } },
    ]
  }

  /** What the run used up to now: it has no last record to tell it with. */
  #step(part: JsonObject): RunEvent[] {
    const reason = textIn(part['reason'])
    if (reason === 'stop') this.#verdict = { state: 'done', detail: null }
    else if (reason !== 'tool-calls')
      this.#verdict = { state: 'failed', detail: `The answer ended with: ${reason}` }
    this.#used = addTokens(this.#used, tokensOf(objectIn(part['tokens'])))
    return [{ event: 'usage', data: withoutCost(this.#used) }]
  }

  /** After the last one our plugin aborts, which leaves no record. */
  #retry(message: string, isLast: boolean): RunEvent[] {
    if (isLast) this.#verdict = failure(message)
    return [{ event: 'error', data: { message, fatal: isLast } }]
  }

  #error(error: JsonObject): RunEvent[] {
    const message = textIn(objectIn(error['data'])['message']) ?? textIn(error['name']) ?? ''
    this.#verdict = failure(message)
    return [{ event: 'error', data: { message, fatal: true } }]
  }
}

function failure(message: string): RunVerdict {
  return { state: 'failed', detail: message, modelStatus: null }
}

/** Reasoning is output that is counted apart. */
function tokensOf(tokens: JsonObject): TokenCounts {
  const cache = objectIn(tokens['cache'])
  return {
    inputTokens: countIn(tokens['input']),
    cacheReadTokens: countIn(cache['read']),
    cacheWriteTokens: countIn(cache['write']),
    outputTokens: countIn(tokens['output']) + countIn(tokens['reasoning']),
  }
}
