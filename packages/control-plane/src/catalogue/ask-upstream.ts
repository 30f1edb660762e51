import { type Protocol, protocolLabels, type UpstreamCheck } from '@agent-machines/core'
import {
  type Answer,
  type Endpoint,
  explainRefusal,
  explainUnreachable,
  type Verdict,
} from './upstream-verdicts.ts'

const answerMs = 10_000
const longestAnswer = 4 * 1024 * 1024
const paths: Readonly<Record<Protocol, string>> = {
  'anthropic-messages': '/v1/messages',
  'openai-responses': '/v1/responses',
  'openai-chat': '/v1/chat/completions',
}

/**
 * Asks an upstream for its models. Where the list proves little, because anybody gets it or the address is the
 * person's, it is asked for each protocol too, with a request that is too empty to be served. Neither costs anything.
 */
export async function askUpstream(endpoint: Endpoint): Promise<Omit<UpstreamCheck, 'checkedAt'>> {
  const listed = await ask(endpoint, '/v1/models')
  if (!listed.isAnswered) return failed(listed.verdict)
  const models = listed.status === 200 ? modelsOf(listed.text) : null
  if (listed.status === 200 && models === null) return failed(notAnApi(endpoint))
  const hasNoList = listed.status === 404 || listed.status === 405
  if (models === null && !hasNoList) return failed(explainRefusal(endpoint, listed))
  if (endpoint.listProvesLittle || models === null) {
    for (const protocol of endpoint.protocols) {
      const verdict = await probe(endpoint, protocol)
      if (verdict !== null) return failed(verdict)
    }
  }
  return {
    state: 'ok',
    code: 'ok',
    message:
      models === null ? `${endpoint.label} answers.` : `${endpoint.label} answers, with ${count(models)}.`,
    fix: models === null ? 'It lists no models: name the one to ask for by hand.' : '',
    isTransient: false,
    models,
  }
}

/** Null when the protocol is served. */
async function probe(endpoint: Endpoint, protocol: Protocol): Promise<Verdict | null> {
  const answer = await ask(endpoint, paths[protocol], '{}')
  if (!answer.isAnswered) return answer.verdict
  if (answer.status === 404 || answer.status === 405) {
    return {
      code: 'protocol-missing',
      message: `${endpoint.label} does not serve ${protocolLabels[protocol]} at ${endpoint.baseUrl}${paths[protocol]}.`,
      fix: 'Choose the protocols that it serves, or correct its address.',
      isTransient: false,
    }
  }
  // A request without a model is refused as such by whoever would serve a whole one.
  return answer.status === 400 || answer.status === 422 || answer.status < 300
    ? null
    : explainRefusal(endpoint, answer)
}

async function ask(
  endpoint: Endpoint,
  path: string,
  body?: string,
): Promise<Answer | { readonly isAnswered: false; readonly verdict: Verdict }> {
  try {
    const response = await fetch(`${endpoint.baseUrl}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: headersFor(endpoint),
      // The key is for this address alone.
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
      ...(body === undefined ? {} : { body }),
    })
    const { status } = response
    return {
      isAnswered: true,
      status,
      retryAfter: response.headers.get('retry-after'),
      text: await textOf(response),
    }
  } catch (error) {
    return { isAnswered: false, verdict: explainUnreachable(endpoint, error) }
  }
}

function headersFor({ protocols, key }: Endpoint): Record<string, string> {
  const speaksAnthropic = protocols.includes('anthropic-messages')
  const speaksOpenAi = protocols.some((each) => each !== 'anthropic-messages')
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    ...(speaksAnthropic ? { 'anthropic-version': '2023-06-01' } : {}),
    ...(key !== '' && speaksAnthropic ? { 'x-api-key': key } : {}),
    ...(key !== '' && speaksOpenAi ? { authorization: `Bearer ${key}` } : {}),
  }
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of response.body ?? []) {
    text += decoder.decode(part as Uint8Array, { stream: true })
    if (text.length > longestAnswer) break
  }
  return text
}

/** Sorted names; null when it is no list of models. */
function modelsOf(text: string): string[] | null {
  try {
    const { data } = JSON.parse(text) as { data?: unknown }
    if (!Array.isArray(data)) return null
    const names = data.map((each: { id?: unknown } | null) => each?.id)
    return names.filter((name) => typeof name === 'string').toSorted()
  } catch {
    return null
  }
}

function notAnApi({ label, baseUrl }: Endpoint): Verdict {
  return {
    code: 'address-wrong',
    message: `What answers at ${baseUrl} is not an API of ${label}: it sent no list of models.`,
    fix: 'Correct its address. It stands without /v1 at the end.',
    isTransient: false,
  }
}

function failed(verdict: Verdict): Omit<UpstreamCheck, 'checkedAt'> {
  return { state: 'failed', ...verdict, models: null }
}

function count(models: readonly string[]): string {
  return models.length === 1 ? 'one model' : `${models.length} models`
}
