import type { Protocol, UpstreamCheck } from '@agent-machines/core'

export interface Endpoint {
  readonly label: string
  /** Without a trailing slash and without `/v1`. */
  readonly baseUrl: string
  readonly protocols: readonly Protocol[]
  /** Empty where it needs none. */
  readonly key: string
  /** Whether its protocols are only somebody's word. */
  readonly listProvesLittle: boolean
}

export interface Answer {
  readonly isAnswered: true
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

export type Verdict = Pick<UpstreamCheck, 'message' | 'fix' | 'isTransient'> & {
  readonly code: Exclude<UpstreamCheck['code'], 'ok'>
}

const longestQuote = 200

/** What an answer that is no success says, in words a person can act on. */
export function explainRefusal(endpoint: Endpoint, { status, retryAfter, text }: Answer): Verdict {
  const { label, baseUrl } = endpoint
  const said = quoteOf(text, endpoint.key)
  if (status === 401 || status === 403) {
    return {
      code: endpoint.key === '' ? 'key-missing' : 'key-refused',
      message: `${label} ${endpoint.key === '' ? 'wants a key' : 'refuses the key'}${said}`,
      fix:
        endpoint.key === ''
          ? 'Enter a key for it.'
          : 'Check that the key is whole, not revoked, and of this vendor.',
      isTransient: false,
    }
  }
  if (status === 429) {
    const when = retryAfter === null ? 'later' : waitWords(retryAfter)
    return {
      code: 'limited',
      message: `${label} limits how often this key may ask${said}`,
      fix: `Try again ${when}; the key itself was accepted.`,
      isTransient: true,
    }
  }
  if (status >= 300 && status < 400) {
    return {
      code: 'address-wrong',
      message: `${baseUrl} sends requests elsewhere, and a key is for one address alone.`,
      fix: 'Enter the address that it sends to.',
      isTransient: false,
    }
  }
  if (status >= 500) {
    return {
      code: 'upstream-failed',
      message: `${label} answers, but fails by itself (${status})${said}`,
      fix: 'Try again later; nothing is wrong with the key or the address as far as can be told.',
      isTransient: true,
    }
  }
  return {
    code: 'address-wrong',
    message: `${label} does not understand the request (${status})${said}`,
    fix: 'Correct its address. It stands without /v1 at the end.',
    isTransient: false,
  }
}

/** Why nothing answered. */
export function explainUnreachable({ baseUrl }: Endpoint, error: unknown): Verdict {
  const { host, hostname } = new URL(baseUrl)
  const code = causeOf(error)
  const unreachable = (message: string, fix: string, isTransient = false): Verdict => ({
    code: 'unreachable',
    message,
    fix,
    isTransient,
  })
  if (code === 'TimeoutError') {
    return unreachable(
      `${host} did not answer within 10 seconds.`,
      'Try again, or check that this computer may reach it.',
      true,
    )
  }
  if (code === 'ENOTFOUND') {
    return unreachable(
      `There is no host ${hostname}.`,
      'Check the address, and that this computer is online.',
    )
  }
  if (code === 'EAI_AGAIN') {
    return unreachable(`${hostname} could not be looked up.`, 'Check that this computer is online.', true)
  }
  if (code === 'ECONNREFUSED') {
    return unreachable(`Nothing listens at ${host}.`, 'Start the server there, or correct the address.')
  }
  if (/CERT|TLS|SSL/.test(code)) {
    return unreachable(
      `The certificate of ${host} is not trusted (${code}).`,
      'Set NODE_EXTRA_CA_CERTS where `am up` starts, or use another address.',
    )
  }
  return unreachable(
    `${host} cannot be reached${code === '' ? '' : ` (${code})`}.`,
    'Check the address.',
    true,
  )
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.name === 'TimeoutError') return error.name
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

/** What the vendor says itself, without the key, which some repeat. */
function quoteOf(text: string, key: string): string {
  const said = messageIn(text)
  if (said === '') return '.'
  const safe = key === '' ? said : said.replaceAll(key, '…')
  return `: ${safe.length > longestQuote ? `${safe.slice(0, longestQuote)}…` : safe}`
}

function messageIn(text: string): string {
  try {
    const { error, message } = JSON.parse(text) as { error?: unknown; message?: unknown }
    const inside = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
    const said = inside ?? message
    return typeof said === 'string' ? said.trim() : ''
  } catch {
    return ''
  }
}

function waitWords(retryAfter: string): string {
  return /^\d+$/.test(retryAfter) ? `in ${retryAfter} s` : `after ${retryAfter}`
}
