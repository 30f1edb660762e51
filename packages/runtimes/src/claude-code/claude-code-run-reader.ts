import type { RunEvent } from '@agent-machines/core'
import type { RunReader, RunVerdict } from '../recipe/headless.ts'
import {
  countIn,
  isObject,
  type JsonObject,
  numberIn,
  objectIn,
  objectsIn,
  parseJsonLine,
  textIn,
} from '../recipe/json-line.ts'

/** Stands as the model of messages that the CLI wrote itself, such as the text of an API error. */
const synthetic = '<synthetic>'
/** Statuses of a refused key. The CLI asks ten times, for three minutes, and then says that nobody is logged in. */
const refusals = [401, 403]
const noTokens = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }

/** Reads `--output-format=stream-json`. */
export class ClaudeCodeRunReader implements RunReader {
  verdict: RunVerdict | null = null
  isHopeless = false
  #session: string | null = null
  #used = { ...noTokens, costUsd: 0 }
  #limitedUntil: string | null = null

  read(line: string): RunEvent[] {
    const record = parseJsonLine(line)
    switch (record?.['type']) {
      case 'system':
        return this.#system(record)
      case 'assistant':
        return assistantEvents(record)
      case 'user':
        return toolResults(record)
      case 'rate_limit_event':
        this.#limitedUntil = limitedUntil(objectIn(record['rate_limit_info']))
        return []
      case 'result':
        return this.#result(record)
      default:
        return []
    }
  }

  #system(record: JsonObject): RunEvent[] {
    const session = textIn(record['session_id'])
    if (record['subtype'] === 'init' && session !== null && session !== this.#session) {
      this.#session = session
      return [{ event: 'session', data: { session, model: textIn(record['model']) } }]
    }
    if (record['subtype'] !== 'api_retry') return []
    return this.#retry(record)
  }

  /** A key that is refused twice stays refused. */
  #retry({ attempt, max_retries: most, error_status: status, error }: JsonObject): RunEvent[] {
    const answered = `It answered ${status ?? 'nothing'} (${error}).`
    this.isHopeless = typeof status === 'number' && refusals.includes(status) && countIn(attempt) > 1
    if (this.isHopeless) {
      this.verdict = { state: 'failed', detail: answered, modelStatus: countIn(status) }
      return [{ event: 'error', data: { message: answered, fatal: true } }]
    }
    const message = `The model source answered ${status ?? 'nothing'} (${error}); try ${attempt} of ${most} follows.`
    return [{ event: 'error', data: { message, fatal: false } }]
  }

  #result(record: JsonObject): RunEvent[] {
    this.verdict = verdictOf(record, this.#limitedUntil)
    this.#add(record)
    const { costUsd, ...tokens } = this.#used
    const events: RunEvent[] = [{ event: 'usage', data: { ...tokens, costUsd, costSource: 'runtime' } }]
    const { state, detail } = this.verdict
    return state === 'done'
      ? events
      : [{ event: 'error', data: { message: detail ?? '', fatal: true } }, ...events]
  }

  /** The totals of a resumed conversation hold what was used before, so what came since counts. */
  #add(record: JsonObject): void {
    const models = objectIn(record['model_usage_since_last_result'] ?? record['modelUsage'])
    for (const usage of Object.values(models).filter(isObject)) {
      this.#used.inputTokens += countIn(usage['inputTokens'])
      this.#used.cacheReadTokens += countIn(usage['cacheReadInputTokens'])
      this.#used.cacheWriteTokens += countIn(usage['cacheCreationInputTokens'])
      this.#used.outputTokens += countIn(usage['outputTokens'])
      this.#used.costUsd += countIn(usage['costUSD'])
    }
  }
}

function assistantEvents(record: JsonObject): RunEvent[] {
  const message = objectIn(record['message'])
  if (message['model'] === synthetic) return []
  const from = parentOf(record)
  return objectsIn(message['content']).flatMap((block): RunEvent[] => {
    switch (block['type']) {
      case 'text':
        return [{ event: 'message', data: { text: textIn(block['text']) ?? '', ...from } }]
      case 'thinking':
        return [{ event: 'thinking', data: { text: textIn(block['thinking']) ?? '', ...from } }]
      case 'tool_use': {
        const [call, name] = [textIn(block['id']) ?? '', textIn(block['name']) ?? '']
        return [{ event: 'tool-call', data: { call, name, input: block['input'] ?? null, ...from } }]
      }
      default:
        return []
    }
  })
}

function toolResults(record: JsonObject): RunEvent[] {
  const blocks = objectsIn(objectIn(record['message'])['content'])
  return blocks
    .filter((block) => block['type'] === 'tool_result')
    .map((block) => ({
      event: 'tool-result',
      data: {
        call: textIn(block['tool_use_id']) ?? '',
        output: outputOf(block['content']),
        isError: block['is_error'] === true,
        ...parentOf(record),
      },
    }))
}

function parentOf(record: JsonObject): { parent?: string } {
  const parent = textIn(record['parent_tool_use_id'])
  return parent === null ? {} : { parent }
}

/** Text as it is; of anything else, such as an image, only what it is. */
function outputOf(content: unknown): string {
  if (typeof content === 'string') return content
  return objectsIn(content)
    .map((part) => textIn(part['text']) ?? `[${textIn(part['type']) ?? 'unknown'}]`)
    .join('\n')
}

function verdictOf(record: JsonObject, limitedUntil: string | null): RunVerdict {
  if (record['subtype'] === 'error_max_budget_usd')
    return { state: 'budget-reached', detail: firstError(record) }
  if (record['is_error'] !== true) return { state: 'done', detail: null }
  const said = textIn(record['result']) ?? firstError(record)
  const detail = limitedUntil === null ? said : `${said} Until ${limitedUntil}.`
  if (record['terminal_reason'] !== 'api_error' && record['api_error_status'] === undefined)
    return { state: 'failed', detail }
  return { state: 'failed', detail, modelStatus: numberIn(record['api_error_status']) }
}

function firstError(record: JsonObject): string | null {
  const errors = record['errors']
  return Array.isArray(errors) ? textIn(errors[0]) : null
}

function limitedUntil(info: JsonObject): string | null {
  const resetsAt = countIn(info['resetsAt'])
  return info['status'] === 'rejected' && resetsAt > 0 ? new Date(resetsAt * 1000).toISOString() : null
}
