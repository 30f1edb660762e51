import type { ModelFailure } from '@agent-machines/core'

/** What a runtime tells of a model source that did not serve it. */
export interface SaidFailure {
  /** The HTTP status it got; null where it got none or does not say. */
  readonly status: number | null
  /** In the runtime's words. */
  readonly said: string
}

interface Rule extends ModelFailure {
  readonly statuses: readonly number[]
  readonly pattern: RegExp
  readonly message: string
}

const longestQuote = 300

/** By the first rule whose words or status fit, so what is told exactly stands before what follows from a status. */
const rules: readonly Rule[] = [
  {
    code: 'model-unknown',
    statuses: [],
    pattern:
      /model_not_found|\bmodel\b.{0,80}(does not exist|not found|is not supported|not available)|issue with the selected model|no such model|unknown model/i,
    message: 'The model source does not have this model, or not for this key.',
    fix: 'Name another model for the run or the machine; the page of the model source lists what it has.',
    isTransient: false,
  },
  {
    code: 'limited',
    statuses: [429],
    pattern: /\b429\b|too many requests|rate.?limit|usage limit|quota|insufficient credit/i,
    message: 'The model source limits how much this key may ask.',
    fix: 'Run it again later, or use another key or model source.',
    isTransient: true,
  },
  {
    code: 'key-refused',
    statuses: [401, 403],
    pattern:
      /\b40[13]\b|unauthori[sz]ed|forbidden|(invalid|incorrect)[ _](x-)?api[ -_]key|authentication[ _](error|failed)|not logged in/i,
    message: 'The model source refuses the key.',
    fix: 'Check that the key is whole, not revoked, and of this model source, then save it again: in Settings, or with am credentials set.',
    isTransient: false,
  },
  {
    code: 'answer-cut',
    statuses: [],
    pattern:
      /stream (disconnected|closed|ended|error)|closed before|ended (early|before)|incomplete|premature|peer closed|response stalled|terminated|socket hang up|socket connection was closed|ECONNRESET|connection (reset|closed|lost)/i,
    message: 'The connection to the model source was lost in the middle of an answer.',
    fix: 'Run it again; with its session it goes on where it was.',
    isTransient: true,
  },
  {
    code: 'unreachable',
    statuses: [],
    pattern:
      /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ConnectionRefused|FailedToOpenSocket|connection (error|refused|failed|timed out)|unable to connect|could ?n[o']t connect|failed to connect|error sending request|name or service not known|(name|dns).{0,20}resol|DNS lookup|timed out|fetch failed|network (error|connection)|certificate/i,
    message: 'The model source cannot be reached from the machine.',
    fix: 'Check its address (Settings, or am credentials check), that it runs, and that the machine may reach it.',
    isTransient: true,
  },
  {
    code: 'address-wrong',
    statuses: [404, 405],
    pattern: /\b40[45]\b|not found/i,
    message: 'The model source has nothing at the address that was asked.',
    fix: 'Correct its address, which stands without /v1 at the end, or the protocols that it serves.',
    isTransient: false,
  },
  {
    code: 'upstream-failed',
    statuses: [500, 502, 503, 504, 529],
    pattern:
      /\b5(0[0-9]|29)\b|overloaded|high demand|internal server error|server had an error|bad gateway|unavailable/i,
    message: 'The model source answers, but fails by itself.',
    fix: 'Run it again later; nothing is wrong with the key or the address as far as can be told.',
    isTransient: true,
  },
  {
    code: 'request-refused',
    statuses: [400, 413, 422],
    pattern: /\b4(00|13|22)\b|invalid_request_error|bad request|invalid value/i,
    message: 'The model source does not take the request.',
    fix: 'Choose a model that takes tools and a conversation of this length.',
    isTransient: false,
  },
]

/** Null where nothing tells what went wrong. */
export function explainModelFailure({
  status,
  said,
}: SaidFailure): { readonly message: string; readonly cause: ModelFailure } | null {
  const rule =
    rules.find(({ statuses, code, pattern }) =>
      status === null || code === 'model-unknown' ? pattern.test(said) : statuses.includes(status),
    ) ?? rules.find(({ pattern }) => pattern.test(said))
  if (!rule) return null
  const { code, fix, isTransient, message } = rule
  return { message: withQuote(message, said), cause: { code, fix, isTransient } }
}

/** With what the source said itself, taken out of the JSON, or what Python makes of it, around it. */
function withQuote(message: string, said: string): string {
  const words = (/["']message["']: *["'](.+?)["'] *[,}]/.exec(said)?.[1] ?? said).trim()
  if (words === '') return message
  return `${message} ${words.length > longestQuote ? `${words.slice(0, longestQuote)}…` : words}`
}
