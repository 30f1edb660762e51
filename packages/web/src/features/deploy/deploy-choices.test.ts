import { type CredentialStatus, type UpstreamEntry, upstreams } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { aMachine } from '../../testing/a-machine.ts'
import { type Catalogue, choicesOf } from './deploy-choices.ts'
import { commandOf, requestOf } from './deploy-request.ts'

const nothingPicked = { runtime: null, substrate: null, upstream: null, model: '' }
const fields = {
  name: 'clever-harbor',
  model: '',
  size: 'unlimited',
  isKeptLoaded: false,
  workspace: 'empty',
  git: '',
  ref: '',
  folder: '',
} as const

describe('choicesOf', () => {
  it('starts from the first choice that can work', () => {
    const choices = choicesOf(aCatalogue({ keys: ['OPENAI_API_KEY'] }), nothingPicked)

    expect(choices?.chosen.runtime.id).toBe('codex')
    expect(choices?.chosen.upstream?.id).toBe('openai')
    expect(choices?.verdict.state).toBe('ready')
  })

  it('says why a runtime can’t be chosen and which key lifts it', () => {
    const choices = choicesOf(aCatalogue({ keys: ['OPENAI_API_KEY'] }), nothingPicked)

    const claude = choices?.runtimes.find((choice) => choice.id === 'claude-code')
    expect(claude?.reasons.map((reason) => [reason.code, reason.credential])).toEqual([
      ['key-missing', 'ANTHROPIC_API_KEY'],
    ])
  })

  it('names both sides where protocols don’t meet, and no key that would not help', () => {
    const choices = choicesOf(aCatalogue({ keys: ['ANTHROPIC_API_KEY'] }), nothingPicked)

    const openai = choices?.upstreams?.find((choice) => choice.id === 'openai')
    expect(openai?.reasons.map((reason) => reason.code)).toEqual(['protocol-mismatch'])
    expect(openai?.reasons[0]?.message).toContain('Anthropic Messages')
  })

  it('asks for no upstream where no model is needed', () => {
    const choices = choicesOf(aCatalogue({ keys: [] }), { ...nothingPicked, runtime: 'shell' })

    expect(choices?.upstreams).toBeNull()
    expect(choices?.verdict).toMatchObject({ state: 'ready', upstream: null })
  })
})

describe('requestOf', () => {
  const chosen = choicesOf(aCatalogue({ keys: [] }), { ...nothingPicked, runtime: 'shell' })?.chosen

  it('leaves out what was left empty, and says the same as a command', () => {
    if (!chosen) throw new Error('nothing to choose')

    const { request } = requestOf(chosen, fields)

    expect(request).toEqual({ name: 'clever-harbor', runtime: 'shell', substrate: 'local' })
    expect(request && commandOf(request)).toBe(
      'am deploy --runtime shell --substrate local --name clever-harbor',
    )
  })

  it.each([
    [{ name: 'Not A Name' }, 'name'],
    [{ workspace: 'git', git: 'nowhere' } as const, 'git'],
    [{ workspace: 'git', git: 'https://host/team/project', ref: '-x' } as const, 'ref'],
    [{ workspace: 'folder', folder: 'relative' } as const, 'folder'],
  ])('says what is wrong with %j', (change, field) => {
    if (!chosen) throw new Error('nothing to choose')

    const { request, errors } = requestOf(chosen, { ...fields, ...change })

    expect(request).toBeNull()
    expect(Object.keys(errors)).toEqual([field])
  })

  it('asks for a chat gateway where the runtime has one', () => {
    if (!chosen) throw new Error('nothing to choose')
    const kept = { ...fields, isKeptLoaded: true }
    const able = { ...chosen, runtime: { ...chosen.runtime, hasGateway: true } }

    expect(requestOf(chosen, kept).request).not.toHaveProperty('gateway')
    const { request } = requestOf(able, kept)
    expect(request).toMatchObject({ gateway: true })
    expect(request && commandOf(request)).toMatch(/ --gateway$/)
  })

  it('quotes what a shell would take apart', () => {
    const request = { runtime: 'shell', substrate: 'local', model: "it's" }

    expect(commandOf(request)).toContain(`--model 'it'\\''s'`)
  })
})

function aCatalogue({ keys }: { keys: readonly string[] }): Catalogue {
  const ready = { readiness: 'ready' as const, reasons: [] }
  const runtime = (id: string, protocols: Catalogue['runtimes'][number]['protocols']) => ({
    ...ready,
    id,
    label: id,
    summary: '',
    version: null,
    versions: [],
    protocols,
    hasAgent: protocols.length > 0,
    takesRuns: protocols.length > 0,
    hasGateway: false,
  })
  const { capabilities, isolation, network } = aMachine()
  return {
    runtimes: [
      runtime('claude-code', ['anthropic-messages']),
      runtime('codex', ['openai-responses']),
      runtime('shell', []),
    ],
    substrates: [
      {
        ...ready,
        id: 'local',
        label: 'This computer',
        summary: '',
        docsPath: '',
        credentials: [],
        capabilities,
        isolation,
        network,
        hostPath: true,
      },
    ],
    upstreams: upstreams.map(
      (each): UpstreamEntry => ({
        ...each,
        ...ready,
        protocols: [...each.protocols],
        takesProtocols: each.protocols.length === 0,
        models: [...each.models],
      }),
    ),
    credentials: upstreams.map(
      (each): CredentialStatus => ({
        name: each.credential,
        label: 'API key',
        kind: 'upstream',
        opens: each.label,
        configured: keys.includes(each.credential),
        source: null,
        last4: null,
        baseUrl: null,
        protocols: null,
        updatedAt: null,
        usedBy: [],
      }),
    ),
  }
}
