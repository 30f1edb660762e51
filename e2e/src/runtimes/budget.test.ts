import { expect, it } from 'vitest'
import { untilState } from '../testing/machines.ts'
import { testedPlane } from '../testing/tested-plane.ts'

const tested = testedPlane()

it.each(['opencode', 'hermes', 'openclaw'])(
  'a run of %s is ended once it has cost its budget',
  async (runtime) => {
    const { machines, runs } = tested.plane.client
    const { id } = await machines.create({
      runtime,
      substrate: 'local',
      upstream: 'openai',
      model: 'gpt-6-sol',
    })
    await untilState(tested.plane, id, ['ready'], 300_000)

    // The first answer costs $0.00007 and calls a tool; the second would take half a minute.
    const run = { task: 'TOOLCALL[true] SLOW[600]', permissions: 'all', budgetUsd: 0.00005 } as const
    const { id: runId } = await runs.create(id, run)
    for await (const _ of runs.stream(id, runId));

    expect(await runs.get(id, runId)).toMatchObject({
      state: 'budget-reached',
      detail: expect.stringContaining('$0.0001'),
      usage: { costSource: 'estimate' },
    })
    await expect(runs.create(id, { ...run, model: 'unheard-of' })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
    })
    await machines.destroy(id)
  },
)
