import { it } from 'vitest'
import { deployMachine } from '../testing/machines.ts'
import { testedPlane } from '../testing/tested-plane.ts'
import { agentScenes } from './scenes/agent-scenes.ts'
import { faultsOf } from './stage.ts'

/** As a machine's console has until somebody opens it: nothing is wrapped anew before the scene begins. */
const size = { cols: 120, rows: 32 }

const tested = testedPlane()

it.concurrent.for(agentScenes)(
  'shows $name as a terminal that saw it all: live, after a reload, after a take-over',
  async (scene, { expect }) => {
    const { plane } = tested
    const { id } = await deployMachine(plane, { runtime: scene.runtime })

    const faults = await faultsOf(scene, { plane, machineId: id, session: 'agent', size })

    expect(faults, faults.join('\n')).toEqual([])
  },
)
