import { afterAll, beforeAll, it } from 'vitest'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine, outputOf } from '../testing/machines.ts'
import { drawnScenes } from './scenes/drawn-scenes.ts'
import { exceptionScenes } from './scenes/exception-scenes.ts'
import { programScenes } from './scenes/program-scenes.ts'
import { faultsOf } from './stage.ts'

const text = [
  'plain ASCII text, 界面 wide, e\u0301 combining, ─│┌ lines, 👍 emoji',
  '\ttab\tstops\there',
  'x'.repeat(130),
  ...Array.from({ length: 200 }, (_, i) => `line ${i + 1} of many, ${'*'.repeat(i % 40)}`),
].join('\n')

const size = { cols: 80, rows: 24 }

let plane: ControlPlaneProcess
let machineId: string

beforeAll(async () => {
  plane = await startControlPlane()
  machineId = (await deployMachine(plane)).id
  await plane.client.machines.exec(machineId, { command: 'cat >work/text.txt', stdin: text })
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
})

const only = process.env['SCENE']
const scenes = [...drawnScenes, ...exceptionScenes, ...programScenes].filter(
  ({ name }) => !only || name.includes(only),
)

it.concurrent.for(scenes)(
  'shows $name as a terminal that saw it all: live, after a reload, after a take-over',
  async (scene, { expect }) => {
    const session = `scene-${scenes.indexOf(scene)}`

    const faults = await faultsOf(scene, { plane, machineId, session, size })

    expect(faults, faults.join('\n')).toEqual([])
    await endSession(session)
  },
)

/** Many consoles at once would slow each other down. */
async function endSession(session: string): Promise<void> {
  const watch = `"$HOME/.agent-machines/console/${session}/watch"`
  const end = `kill -9 "$(cat ${watch})"; tmux -S "$(am-console socket ${session})" kill-server; true`
  await outputOf(plane, machineId, end)
}
