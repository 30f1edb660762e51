import { describe, expect, it } from 'vitest'
import type { CredentialStatus } from '../api/credentials.ts'
import type { Protocol, RuntimeManifest } from '../runtime/runtime-manifest.ts'
import { decideGate, type GateInput } from './decide-gate.ts'
import { upstreams } from './upstreams.ts'

describe('decideGate', () => {
  it('lets a runtime without models run anywhere', () => {
    expect(judge({ runtime: aRuntime([]) })).toEqual({
      state: 'ready',
      upstream: null,
      protocol: null,
      reasons: [],
    })
  })

  it('takes the first upstream that is set up and speaks the protocol', () => {
    const verdict = judge({
      runtime: aRuntime(['openai-responses']),
      credentials: [aKey('ANTHROPIC_API_KEY'), aKey('OPENAI_API_KEY')],
    })

    expect(verdict).toMatchObject({ state: 'ready', upstream: 'openai', protocol: 'openai-responses' })
  })

  it('names the key that is missing, and where to put it', () => {
    const [reason] = judge({ runtime: aRuntime(['anthropic-messages']) }).reasons

    expect(reason).toMatchObject({ axis: 'upstream', code: 'key-missing', credential: 'ANTHROPIC_API_KEY' })
    expect(reason?.fix).toContain('am credentials set ANTHROPIC_API_KEY')
  })

  it('decides by protocol, naming both sides', () => {
    const verdict = judge({
      runtime: aRuntime(['anthropic-messages']),
      upstream: upstreamOf('openai'),
      credentials: [aKey('OPENAI_API_KEY')],
    })

    expect(verdict).toMatchObject({ state: 'blocked', protocol: null })
    expect(verdict.reasons).toEqual([
      expect.objectContaining({
        code: 'protocol-mismatch',
        message:
          'OpenAI serves OpenAI Responses and OpenAI Chat Completions. Test speaks Anthropic Messages.',
      }),
    ])
  })

  it('prefers the protocol that the runtime lists first', () => {
    const verdict = judge({
      runtime: aRuntime(['openai-chat', 'openai-responses']),
      credentials: [aKey('OPENAI_API_KEY')],
    })

    expect(verdict.protocol).toBe('openai-chat')
  })

  it.each([
    ['without an address', {}, null, 'endpoint-missing'],
    ['without a model', { baseUrl: 'http://gw', protocols: ['openai-responses'] }, null, 'model-missing'],
    ['with another protocol', { baseUrl: 'http://gw', protocols: ['openai-chat'] }, 'm', 'protocol-mismatch'],
  ] as const)('blocks a custom endpoint %s', (_case, endpoint, model, code) => {
    const verdict = judge({
      runtime: aRuntime(['openai-responses']),
      upstream: upstreamOf('custom'),
      model,
      credentials: [
        aKey('CUSTOM_API_KEY', {
          ...endpoint,
          protocols: [...(('protocols' in endpoint && endpoint.protocols) || [])],
        }),
      ],
    })

    expect(verdict.reasons.map((reason) => reason.code)).toContain(code)
  })

  it('takes a custom endpoint without a key', () => {
    const verdict = judge({
      runtime: aRuntime(['openai-responses']),
      upstream: upstreamOf('custom'),
      model: 'm',
      credentials: [
        {
          ...aKey('CUSTOM_API_KEY', { baseUrl: 'http://gw', protocols: ['openai-responses'] }),
          configured: false,
        },
      ],
    })

    expect(verdict).toMatchObject({ state: 'ready', upstream: 'custom' })
  })

  it('asks for a model where a gateway has names of its own, before another upstream is asked for a key', () => {
    const runtime = aRuntime(['openai-responses'])
    const credentials = [aKey('OPENROUTER_API_KEY')]

    expect(judge({ runtime, credentials })).toMatchObject({
      upstream: 'openrouter',
      reasons: [{ code: 'model-missing' }],
    })
    expect(judge({ runtime, credentials, model: 'vendor/m' })).toMatchObject({ state: 'ready' })
  })

  it('blocks what speaks Messages or Responses on a router that serves Chat Completions alone', () => {
    const credentials = [aKey('DEDALUS_API_KEY')]
    const on = (...protocols: Protocol[]) =>
      judge({ runtime: aRuntime(protocols), upstream: upstreamOf('dedalus'), model: 'vendor/m', credentials })

    expect(on('anthropic-messages').reasons).toMatchObject([{ code: 'protocol-mismatch' }])
    expect(on('openai-responses').reasons).toMatchObject([{ code: 'protocol-mismatch' }])
    expect(on('openai-chat')).toMatchObject({ state: 'ready', protocol: 'openai-chat' })
  })

  it('asks for a model where the runtime has none of its own, whatever the upstream', () => {
    const runtime = { ...aRuntime(['openai-chat']), modelRequired: true }
    const credentials = [aKey('OPENAI_API_KEY')]

    expect(judge({ runtime, credentials }).reasons).toMatchObject([
      { code: 'model-missing', message: 'Test needs the name of a model.' },
    ])
    expect(judge({ runtime, credentials, model: 'm' })).toMatchObject({ state: 'ready', upstream: 'openai' })
  })

  it('adds what the substrate still needs', () => {
    const verdict = judge({
      runtime: aRuntime([]),
      probe: { problems: [{ message: 'bubblewrap is missing.', fix: 'apt install bubblewrap' }] },
      substrate: {
        ...aSubstrate,
        credentials: [{ name: 'CLOUD_KEY', label: 'key', help: '', required: true }],
      },
    })

    expect(verdict.reasons.map((reason) => reason.code)).toEqual(['key-missing', 'substrate-problem'])
  })
})

const aSubstrate = {
  id: 's',
  label: 'Test place',
  summary: '',
  docsPath: '',
  takesHostPath: false,
  credentials: [],
}

function judge(input: Partial<GateInput>) {
  return decideGate({
    runtime: aRuntime([]),
    substrate: aSubstrate,
    probe: { problems: [] },
    upstreams,
    upstream: null,
    model: null,
    credentials: [],
    ...input,
  })
}

function aRuntime(protocols: Protocol[]): RuntimeManifest {
  return { id: 'test', label: 'Test', summary: '', protocols, hasAgent: true }
}

function aKey(name: string, more: Partial<CredentialStatus> = {}): CredentialStatus {
  return {
    name,
    label: name,
    kind: 'upstream',
    opens: name,
    configured: true,
    source: 'stored',
    last4: 'abcd',
    baseUrl: null,
    protocols: null,
    updatedAt: null,
    usedBy: [],
    ...more,
  }
}

function upstreamOf(id: string) {
  return upstreams.find((each) => each.id === id) ?? null
}
