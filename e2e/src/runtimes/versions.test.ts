import { expect, it } from 'vitest'
import { askAgent, untilAgent } from '../testing/ask-agent.ts'
import { eventually } from '../testing/control-plane-process.ts'
import { outputOf, untilState } from '../testing/machines.ts'
import { testedPlane } from '../testing/tested-plane.ts'
import { testedAgents } from '../testing/tested-runtimes.ts'

const tested = testedPlane()

it.each(testedAgents)(
  'takes %s back to an older version and forward again, in its conversation',
  async (runtime, chosen) => {
    const { plane } = tested
    const { items } = await plane.client.runtimes()
    const [newest = '', older = ''] = items.find(({ id }) => id === runtime)?.versions ?? []
    const { id } = await plane.client.machines.create({
      runtime,
      substrate: 'local',
      ...chosen,
    })
    await untilState(plane, id, ['ready'], 220_000)
    await askAgent(tested, id, 'ANSWER[first said]')

    for (const [version, said, known] of [
      [older, 'second said', 'first said'],
      [newest, 'third said', 'second said'],
    ] as const) {
      await plane.client.machines.reload(id, { runtimeVersion: version })
      await untilState(plane, id, ['ready'], 220_000)
      const asked = await askAgent(tested, id, `ANSWER[${said}]`)

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
