import type { Run, RunUsage, StoredRunEvent } from './runs.ts'

const lineLength = 160

/** One line for a person about what a run did; null for what is shown otherwise or not at all. */
export function describeRunEvent({ event, data }: StoredRunEvent): string | null {
  switch (event) {
    case 'session':
      return `session ${data.session}${data.model ? `, ${data.model}` : ''}`
    case 'thinking':
      return `… ${lineOf(data.text)}`
    case 'message':
      return `  ${lineOf(data.text)}`
    case 'tool-call':
      return `→ ${data.name} ${lineOf(JSON.stringify(data.input) ?? '')}`
    case 'tool-result':
      return `${data.isError ? '✗' : '←'} ${lineOf(data.output)}`
    case 'error':
      return `! ${lineOf(data.message)}`
    case 'end':
      return [data.state, describeRunEnd(data)].filter((words) => words !== null).join(': ')
    default:
      return null
  }
}

/** Why it ended so and what to do; null where its state says all. */
export function describeRunEnd({ detail, cause }: Pick<Run, 'detail' | 'cause'>): string | null {
  return cause ? `${detail ?? ''} ${cause.fix}`.trim() : detail
}

/** Tokens and cost, as in `1,200 tokens in, 300 out, $0.0123 (estimate)`. */
export function describeRunUsage(usage: RunUsage): string {
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  const tokens = `${input.toLocaleString('en')} tokens in, ${usage.outputTokens.toLocaleString('en')} out`
  if (usage.costUsd === null) return tokens
  return `${tokens}, $${usage.costUsd.toFixed(4)}${usage.costSource === 'estimate' ? ' (estimate)' : ''}`
}

/** The first line that says something, cut to fit. */
function lineOf(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? ''
  return line.length > lineLength ? `${line.slice(0, lineLength - 1)}…` : line
}
