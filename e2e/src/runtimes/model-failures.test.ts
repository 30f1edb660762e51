import type { ModelFailure, Protocol } from '@agent-machines/core'
import { recipes } from '@agent-machines/runtimes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { revokedKey } from '../model-server/start-model-server.ts'
import { untilState } from '../testing/machines.ts'
import { testedPlane } from '../testing/tested-plane.ts'

// What each runtime makes of a model source that fails, and what a person is told of it.

const agents = recipes.map(({ manifest }) => manifest).filter(({ hasAgent }) => hasAgent)
const unused = 'http://127.0.0.1:9'

const tested = testedPlane({ hasKeys: false })

describe.each(agents.map(({ id, protocols }) => [id, protocols[0]] as const))('%s', (runtime, protocol) => {
  let id: string

  beforeAll(async () => {
    await useSource()
    // Claude Code tries ten times for three minutes unless told.
    const env = { CLAUDE_CODE_MAX_RETRIES: '1' }
    const machine = { runtime, substrate: 'local', upstream: 'custom', model: 'test-model', env }
    id = (await tested.plane.client.machines.create(machine)).id
    await untilState(tested.plane, id, ['ready'], 300_000)
  })

  afterAll(async () => {
    await tested.plane.client.machines.destroy(id)
  })

  it.each<[string, ModelFailure['code'], string, Partial<Source>]>([
    ['a key that is refused', 'key-refused', 'hi', { value: revokedKey }],
    ['a model that does not exist', 'model-unknown', 'ERROR[404]', {}],
    ['an address with nothing behind it', 'address-wrong', 'hi', { path: '/elsewhere' }],
    ['a source that does not run', 'unreachable', 'hi', { url: unused }],
    ['a host that does not exist', 'unreachable', 'hi', { url: 'http://nowhere.invalid' }],
    ['a limit', 'limited', 'ERROR[429]', {}],
    ['a limit that says for how long', 'limited', 'ERROR[429 2]', {}],
    ['a source that fails', 'upstream-failed', 'ERROR[500]', {}],
    ['a request that is refused', 'request-refused', 'ERROR[400]', {}],
  ])('%s is %s', async (_, code, task, source) => {
    await useSource(source)
    await untilState(tested.plane, id, ['ready'])

    const run = await done(task)

    expect(run).toMatchObject({ state: code === 'limited' ? 'limit-reached' : 'failed', cause: { code } })
    expect(run.detail).toContain(said[code])
  })

  it('an answer that is cut off is answer-cut, but to Hermes, which goes on with what came of it', async () => {
    await useSource()
    await untilState(tested.plane, id, ['ready'])

    const run = await done('CUT[3]')

    if (runtime === 'hermes') expect(run).toMatchObject({ state: 'done', cause: null })
    else expect(run).toMatchObject({ state: 'failed', cause: { code: 'answer-cut', isTransient: true } })
  })

  async function done(task: string) {
    const { id: runId } = await tested.plane.client.runs.create(id, { task })
    for await (const _ of tested.plane.client.runs.stream(id, runId));
    return tested.plane.client.runs.get(id, runId)
  }

  async function useSource({ value = 'sk-tested', url = tested.model.url, path = '' }: Partial<Source> = {}) {
    const protocols: Protocol[] = protocol ? [protocol] : []
    await tested.plane.client.credentials.put('CUSTOM_API_KEY', {
      value,
      baseUrl: `${url}${path}`,
      protocols,
    })
  }
})

const said: Readonly<Record<ModelFailure['code'], string>> = {
  'key-refused': 'refuses the key',
  'model-unknown': 'does not have this model',
  'address-wrong': ' at ',
  unreachable: 'cannot be reached',
  limited: 'limits how much',
  'upstream-failed': 'fails by itself',
  'answer-cut': 'in the middle of an answer',
  'request-refused': 'does not take the request',
}

interface Source {
  readonly value: string
  readonly url: string
  readonly path: string
}
