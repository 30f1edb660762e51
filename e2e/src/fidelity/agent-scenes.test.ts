import { afterAll, beforeAll, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine } from '../testing/machines.ts'
import { agentScenes } from './scenes/agent-scenes.ts'
import { faultsOf } from './stage.ts'

/** As a machine's console has until somebody opens it: nothing is wrapped anew before the scene begins. */
const size = { cols: 120, rows: 32 }

let models: ModelServer
let plane: ControlPlaneProcess

beforeAll(async () => {
  models = await startModelServer()
  plane = await startControlPlane({
    environment: {
      ANTHROPIC_API_KEY: 'sk-ant-e2e-0123456789abcdefghij',
      ANTHROPIC_BASE_URL: models.url,
      OPENAI_API_KEY: 'sk-e2e-0123456789abcdefghij',
      OPENAI_BASE_URL: models.url,
    },
  })
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
  await models?.close()
})

it.concurrent.for(agentScenes)(
  'shows $name as a terminal that saw it all: live, after a reload, after a take-over',
  async (scene, { expect }) => {
    const { id } = await deployMachine(plane, { runtime: scene.runtime })

    const faults = await faultsOf(scene, { plane, machineId: id, session: 'agent', size })

    expect(faults, faults.join('\n')).toEqual([])
  },
)
