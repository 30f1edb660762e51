import type { BootstrapStreamEvent } from '@agent-machines/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { freePort } from '../testing/cutting-proxy.ts'
import { untilState } from '../testing/machines.ts'

let model: ModelServer
let plane: ControlPlaneProcess
let environment: Record<string, string>

beforeAll(async () => {
  model = await startModelServer()
  environment = { OPENAI_API_KEY: 'sk-test-0123456789', OPENAI_BASE_URL: `${model.url}/v1` }
  const registry = `http://127.0.0.1:${await freePort()}/`
  plane = await startControlPlane({ environment: { ...environment, npm_config_registry: registry } })
})

afterAll(async () => {
  await removeControlPlane(plane)
  await model.close()
})

it('says that the registry does not answer, and goes on at that phase once it does', async () => {
  const { id } = await plane.client.machines.create({
    runtime: 'codex',
    substrate: 'local',
    model: 'gpt-test',
  })

  const failed = await eventually(
    'the failure',
    async () => {
      const machine = await plane.client.machines.get(id)
      return machine.state === 'failed' && machine
    },
    120_000,
  )
  const phase = failed.bootstrap.phases.find(({ state }) => state === 'failed')
  await plane.stop()
  plane = await startControlPlane({ data: plane.data, environment })
  const still = await plane.client.machines.get(id)
  await plane.client.machines.bootstrap(id)
  const told = await endOf(plane.client.machines.bootstrapStream(id))
  const ready = await untilState(plane, id, ['ready'], 150_000)

  expect(failed.stateReason).toMatch(/^(BOOTSTRAP|RUNTIME_INSTALL)_FAILED$/)
  expect(phase).toMatchObject({ id: 'runtime', error: { category: 'network' } })
  expect(still.state).toBe('failed')
  expect(told).toEqual({ event: 'done', state: 'done' })
  expect(ready.bootstrap.state).toBe('done')
})

/** What a follower is told last. */
async function endOf(events: AsyncIterable<BootstrapStreamEvent>) {
  let last: BootstrapStreamEvent | undefined
  for await (const event of events) last = event
  return last
}
