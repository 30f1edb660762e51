import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { askAgent, untilAgent } from '../testing/ask-agent.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { outputOf, untilState } from '../testing/machines.ts'
import { modelEnvironment, testedAgents } from '../testing/tested-runtimes.ts'

let model: ModelServer
let plane: ControlPlaneProcess

beforeAll(async () => {
  model = await startModelServer()
  plane = await startControlPlane({ environment: modelEnvironment(model) })
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
  await model?.close()
})

it.each(testedAgents)(
  'takes %s back to an older version and forward again, in its conversation',
  async (runtime, chosen) => {
    const { items } = await plane.client.runtimes()
    const [newest = '', older = ''] = items.find(({ id }) => id === runtime)?.versions ?? []
    const { id } = await plane.client.machines.create({
      runtime,
      substrate: 'local',
      ...chosen,
    })
    await untilState(plane, id, ['ready'], 220_000)
    await askAgent(plane, model, id, 'ANSWER[first said]')

    for (const [version, said, known] of [
      [older, 'second said', 'first said'],
      [newest, 'third said', 'second said'],
    ] as const) {
      await plane.client.machines.reload(id, { runtimeVersion: version })
      await untilState(plane, id, ['ready'], 220_000)
      const asked = await askAgent(plane, model, id, `ANSWER[${said}]`)

      expect(asked).toContain(known)
      expect((await plane.client.machines.get(id)).runtimeVersion).toBe(version)
      expect(await outputOf(plane, id, 'cat ~/.agent-machines/bin/agent')).toContain(`${runtime}/${version}/`)
      await untilAgent(plane, id, 'idle')
      const run = await plane.client.runs.create(id, { task: 'ANSWER[in a run]' })
      const ended = await eventually(
        'the run',
        async () => {
          const now = await plane.client.runs.get(id, run.id)
          return now.endedAt !== null && now
        },
        90_000,
      )
      expect(ended).toMatchObject({ state: 'done', result: 'in a run' })
    }
  },
)
