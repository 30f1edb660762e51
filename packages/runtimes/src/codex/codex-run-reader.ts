import type { RunEvent } from '@agent-machines/core'
import type { RunReader, RunVerdict } from '../recipe/headless.ts'
import { countIn, type JsonObject, objectIn, objectsIn, parseJsonLine, textIn } from '../recipe/json-line.ts'
import { noTokens, type TokenCounts, withoutCost } from '../recipe/token-counts.ts'

/** What the CLI says each time it finds no connection, longer and longer apart, for as long as a run may take. */
const waiting = /waiting for network/
/** After so many, about two minutes, nobody is helped by waiting on. */
const mostUnconnected = 5

/** Reads `codex exec --json`. */
export class CodexRunReader implements RunReader {
  isHopeless = false
  readonly #model: string | null
  readonly #called = new Set<string>()
  #before = noTokens
  #verdict: RunVerdict | null = null
  #lastError: string | null = null
  /** How often in a row no connection was had. */
  #unconnected = 0

  constructor(model: string | null) {
    this.#model = model
  }

  get verdict(): RunVerdict | null {
    return this.#verdict ?? (this.#lastError === null ? null : failure(this.#lastError))
  }

  read(line: string): RunEvent[] {
    const record = parseJsonLine(line)
    if (record !== null && record['type'] !== 'error') this.#unconnected = 0
    switch (record?.['type']) {
      case 'event_msg':
        this.#before = tokensOf(objectIn(objectIn(objectIn(record['payload'])['info'])['total_token_usage']))
        return []
      case 'thread.started':
        return [
          { event: 'session', data: { session: textIn(record['thread_id']) ?? '', model: this.#model } },
        ]
      case 'item.started':
        return this.#call(objectIn(record['item']))
      case 'item.completed':
        return this.#item(objectIn(record['item']))
      case 'error':
        return this.#error(textIn(record['message']) ?? '')
      case 'turn.completed':
        return this.#completed(objectIn(record['usage']))
      case 'turn.failed':
        return this.#failed(textIn(objectIn(record['error'])['message']) ?? '')
      default:
        return []
    }
  }

  #call(item: JsonObject): RunEvent[] {
    const what = toolOf(item)
    const call = textIn(item['id']) ?? ''
    if (what === null || this.#called.has(call)) return []
    this.#called.add(call)
    return [{ event: 'tool-call', data: { call, ...what } }]
  }

  #item(item: JsonObject): RunEvent[] {
    const text = textIn(item['text']) ?? ''
    switch (item['type']) {
      case 'agent_message':
        return [{ event: 'message', data: { text } }]
      case 'reasoning':
        return [{ event: 'thinking', data: { text } }]
      case 'error':
        return [{ event: 'error', data: { message: textIn(item['message']) ?? '', fatal: false } }]
      default: {
        if (toolOf(item) === null) return []
        const call = textIn(item['id']) ?? ''
        const isError = item['status'] === 'failed' || item['status'] === 'declined'
        const result: RunEvent = { event: 'tool-result', data: { call, output: outputOf(item), isError } }
        return [...this.#call(item), result]
      }
    }
  }

  /** The last one is told again as the turn's failure. */
  #error(message: string): RunEvent[] {
    this.#lastError = message
    this.#unconnected = waiting.test(message) ? this.#unconnected + 1 : 0
    this.isHopeless = this.#unconnected >= mostUnconnected
    if (this.isHopeless) return [{ event: 'error', data: { message, fatal: true } }]
    return message.startsWith('Reconnecting') ? [{ event: 'error', data: { message, fatal: false } }] : []
  }

  /** Counts the whole conversation, what came before this run included. */
  #completed(usage: JsonObject): RunEvent[] {
    this.#verdict = { state: 'done', detail: null }
    const data = withoutCost(difference(tokensOf(usage), this.#before))
    return [{ event: 'usage', data }]
  }

  #failed(message: string): RunEvent[] {
    this.#verdict = failure(message)
    return [{ event: 'error', data: { message, fatal: true } }]
  }
}

function failure(message: string): RunVerdict {
  return { state: 'failed', detail: message, modelStatus: null }
}

/** What a kind of item does beside talking; null for one that only talks. */
function toolOf(item: JsonObject): { name: string; input: unknown } | null {
  switch (item['type']) {
    case 'command_execution':
      return { name: 'command', input: { command: textIn(item['command']) } }
    case 'file_change':
      return { name: 'file-change', input: { changes: item['changes'] } }
    case 'mcp_tool_call':
      return { name: `${item['server']}.${item['tool']}`, input: item['arguments'] ?? null }
    case 'web_search':
      return { name: 'web-search', input: { query: item['query'] } }
    default:
      return null
  }
}

function outputOf(item: JsonObject): string {
  const printed = textIn(item['aggregated_output'])
  if (printed !== null) return printed
  const failed = textIn(objectIn(item['error'])['message'])
  const parts = objectsIn(objectIn(item['result'])['content'])
  return failed ?? parts.map((part) => textIn(part['text']) ?? `[${part['type']}]`).join('\n')
}

/** `input_tokens` holds the cached ones. */
function tokensOf(usage: JsonObject): TokenCounts {
  const cacheReadTokens = countIn(usage['cached_input_tokens'])
  const cacheWriteTokens = countIn(usage['cache_write_input_tokens'])
  const inputTokens = Math.max(0, countIn(usage['input_tokens']) - cacheReadTokens - cacheWriteTokens)
  return { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens: countIn(usage['output_tokens']) }
}

function difference(after: TokenCounts, before: TokenCounts): TokenCounts {
  const less = (name: keyof TokenCounts) => Math.max(0, after[name] - before[name])
  return {
    inputTokens: less('inputTokens'),
    cacheReadTokens: less('cacheReadTokens'),
    cacheWriteTokens: less('cacheWriteTokens'),
    outputTokens: less('outputTokens'),
  }
}
