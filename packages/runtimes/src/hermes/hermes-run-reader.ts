import type { RunEvent } from '@agent-machines/core'
import type { RunReader, RunVerdict } from '../recipe/headless.ts'
import { countIn, type JsonObject, numberIn, objectIn, parseJsonLine, textIn } from '../recipe/json-line.ts'
import { addTokens, noTokens, type TokenCounts, withoutCost } from '../recipe/token-counts.ts'

/** Reads what `run.py` prints. */
export class HermesRunReader implements RunReader {
  #model: string | null
  #used = noTokens
  #lastError: JsonObject | null = null
  #verdict: RunVerdict | null = null

  constructor(model: string | null) {
    this.#model = model
  }

  get verdict(): RunVerdict | null {
    return this.#verdict ?? (this.#lastError === null ? null : failure(this.#lastError))
  }

  read(line: string): RunEvent[] {
    const record = parseJsonLine(line)
    switch (record?.['event']) {
      case 'turn':
        this.#model = textIn(record['model']) ?? this.#model
        return [{ event: 'session', data: { session: textIn(record['session']) ?? '', model: this.#model } }]
      case 'answer':
        return this.#answer(record)
      case 'call': {
        const data = {
          call: textIn(record['call']) ?? '',
          name: textIn(record['name']) ?? '',
          input: record['input'],
        }
        return [{ event: 'tool-call', data }]
      }
      case 'result':
        return [resultOf(record)]
      case 'error':
        this.#lastError = record
        return [{ event: 'error', data: { message: messageOf(record), fatal: false } }]
      case 'end':
        if (record['completed'] === true) this.#verdict = { state: 'done', detail: null }
        return []
      case 'exit':
        return this.#exit()
      default:
        return []
    }
  }

  #answer(record: JsonObject): RunEvent[] {
    this.#lastError = null
    this.#used = addTokens(this.#used, tokensOf(objectIn(record['usage'])))
    const thinking = textIn(record['reasoning']) ?? ''
    const text = textIn(record['text']) ?? ''
    return [
      ...(thinking === '' ? [] : [{ event: 'thinking', data: { text: thinking } } as const]),
      ...(text === '' ? [] : [{ event: 'message', data: { text } } as const]),
      { event: 'usage', data: withoutCost(this.#used) },
    ]
  }

  #exit(): RunEvent[] {
    if (this.#verdict !== null || this.#lastError === null) return []
    return [{ event: 'error', data: { message: messageOf(this.#lastError), fatal: true } }]
  }
}

function resultOf(record: JsonObject): RunEvent {
  const output = textIn(record['output']) ?? JSON.stringify(record['output'] ?? '')
  const data = { call: textIn(record['call']) ?? '', output, isError: record['status'] !== 'ok' }
  return { event: 'tool-result', data }
}

function failure(error: JsonObject): RunVerdict {
  return { state: 'failed', detail: messageOf(error), modelStatus: numberIn(error['status']) }
}

function messageOf(error: JsonObject): string {
  return textIn(error['message']) ?? ''
}

/** `input_tokens` leaves the cached ones out. */
function tokensOf(usage: JsonObject): TokenCounts {
  return {
    inputTokens: countIn(usage['input_tokens']),
    cacheReadTokens: countIn(usage['cache_read_tokens']),
    cacheWriteTokens: countIn(usage['cache_write_tokens']),
    outputTokens: countIn(usage['output_tokens']),
  }
}
