import type { RunEvent } from '@agent-machines/core'
import type { RunReader, RunVerdict } from '../recipe/headless.ts'
import {
  countIn,
  isObject,
  type JsonObject,
  objectIn,
  objectsIn,
  parseJsonLine,
  textIn,
} from '../recipe/json-line.ts'
import { addTokens, noTokens, type TokenCounts, withoutCost } from '../recipe/token-counts.ts'

/** Reads what our plugin prints of a run; what the CLI itself prints at the end stands on lines that say nothing. */
export class OpenClawRunReader implements RunReader {
  readonly #model: string | null
  #hasSession = false
  #used = noTokens
  /** What the model source said last; the CLI's own words for it are at times of another failure. */
  #refusal: Refusal | null = null
  #verdict: RunVerdict | null = null

  constructor(model: string | null) {
    this.#model = model
  }

  get verdict(): RunVerdict | null {
    return this.#verdict
  }

  read(line: string): RunEvent[] {
    const record = parseJsonLine(line)
    switch (record?.['type']) {
      case 'lifecycle':
        return [...this.#session(textIn(record['session'])), ...this.#phase(record)]
      case 'message':
        return this.#message(objectIn(record['message']))
      default:
        return []
    }
  }

  #session(session: string | null): RunEvent[] {
    if (this.#hasSession || session === null) return []
    this.#hasSession = true
    return [{ event: 'session', data: { session, model: this.#model } }]
  }

  /** A request that failed is asked again a few times: only the last error is fatal. */
  #phase(record: JsonObject): RunEvent[] {
    const message = textIn(record['error'])
    switch (record['phase']) {
      case 'end':
        this.#verdict = endOf(record)
        return []
      case 'finishing':
        return message === null ? [] : [{ event: 'error', data: { message, fatal: false } }]
      case 'error': {
        // Of a limit only the CLI's own words tell how long it holds.
        const { said, status } = isLimit(record)
          ? { said: message, status: 429 }
          : (this.#refusal ?? { said: message, status: null })
        this.#verdict = { state: 'failed', detail: said, modelStatus: status }
        return [{ event: 'error', data: { message: message ?? '', fatal: true } }]
      }
      default:
        return []
    }
  }

  #message(message: JsonObject): RunEvent[] {
    const parts = objectsIn(message['content'])
    if (message['role'] === 'toolResult') return [resultOf(message, parts)]
    if (message['role'] !== 'assistant') return []
    this.#refusal = refusalIn(message)
    const usage = message['usage']
    if (!isObject(usage)) return parts.flatMap(eventOf)
    this.#used = addTokens(this.#used, tokensOf(usage))
    return [...parts.flatMap(eventOf), { event: 'usage', data: withoutCost(this.#used) }]
  }
}

interface Refusal {
  readonly said: string
  readonly status: number | null
}

/** `errorCode` is an HTTP status, or what the system calls a connection that failed; null where nothing failed. */
function refusalIn(message: JsonObject): Refusal | null {
  const said = textIn(message['errorMessage'])
  if (said === null) return null
  const code = textIn(message['errorCode']) ?? ''
  if (/^\d{3}$/.test(code)) return { said, status: Number(code) }
  return { said: /^E[A-Z_]+$/.test(code) ? `${said} (${code})` : said, status: null }
}

function eventOf(part: JsonObject): RunEvent[] {
  switch (part['type']) {
    case 'text':
      return [{ event: 'message', data: { text: textIn(part['text']) ?? '' } }]
    case 'thinking':
      return [{ event: 'thinking', data: { text: textIn(part['thinking']) ?? '' } }]
    case 'toolCall': {
      const data = { call: textIn(part['id']) ?? '', name: textIn(part['name']) ?? '' }
      return [{ event: 'tool-call', data: { ...data, input: part['arguments'] ?? null } }]
    }
    default:
      return []
  }
}

/** A command that ended with another code than 0 is no error to the CLI. */
function resultOf(message: JsonObject, parts: readonly JsonObject[]): RunEvent {
  const details = objectIn(message['details'])
  const isError =
    message['isError'] === true || details['status'] === 'error' || countIn(details['exitCode']) !== 0
  const output = parts.map((part) => textIn(part['text']) ?? '').join('')
  return { event: 'tool-result', data: { call: textIn(message['toolCallId']) ?? '', output, isError } }
}

function endOf(record: JsonObject): RunVerdict {
  const reason = textIn(record['stopReason'])
  if (record['aborted'] !== true && reason === 'stop') return { state: 'done', detail: null }
  return { state: 'failed', detail: `The answer ended with: ${reason ?? 'nothing'}` }
}

function isLimit(record: JsonObject): boolean {
  return objectIn(record['errorObservation'])['failoverReason'] === 'rate_limit'
}

function tokensOf(usage: JsonObject): TokenCounts {
  return {
    inputTokens: countIn(usage['input']),
    cacheReadTokens: countIn(usage['cacheRead']),
    cacheWriteTokens: countIn(usage['cacheWrite']),
    outputTokens: countIn(usage['output']),
  }
}
