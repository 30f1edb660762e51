import { expect, it } from 'vitest'
import { seededRandom } from '../testing/random.ts'
import { runFaults } from './fault-run.ts'
import { faultScenes } from './fault-scenes.ts'

it('goes on after being killed in each scene, and leaves nothing behind', async () => {
  const random = seededRandom('kill-control-plane')
  const say = (line: string) => process.stdout.write(`${line}\n`)

  const { faults } = await runFaults({ scenes: faultScenes, rounds: faultScenes.length, random, say })

  expect(faults).toEqual([])
})
