import { randomFrom } from '../testing/random.ts'
import { runFaults } from './fault-run.ts'
import { faultScenes, installingScene } from './fault-scenes.ts'

// Usage: kill-control-plane.ts [ROUNDS [SEED]]. Ends with 1 when anything was lost, doubled or left behind.
const [rounds = 60, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)

say(`Seed ${seed}`)
const { startsMs, faults } = await runFaults({
  scenes: [...faultScenes, installingScene],
  rounds,
  random: randomFrom(seed),
  say,
})
const sorted = startsMs.toSorted((one, other) => one - other)
say(`${rounds} kills, ${faults.length} faults; up again after ${sorted[sorted.length >> 1]} ms (median)`)
for (const fault of faults) say(fault)
process.exitCode = faults.length === 0 ? 0 : 1
