import { afterAll, beforeAll, expect, it } from 'vitest'
import { describePlan, planOf } from './fault-plan.ts'
import { Lab } from './lab.ts'
import { runScenario } from './scenario.ts'

/** Together they have every fault, tier and transport. */
const seeds = [1, 8, 9, 38]

let lab: Lab

beforeAll(async () => {
  lab = await Lab.open()
})

afterAll(() => lab?.close())

it.each(seeds.map(planOf))(
  'loses, doubles, moves and misdraws nothing, whatever fails: seed $seed',
  async (plan) => {
    expect(await runScenario(lab, plan), describePlan(plan)).toEqual([])
  },
)
