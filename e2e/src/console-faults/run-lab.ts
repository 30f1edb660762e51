import { describePlan, planOf } from './fault-plan.ts'
import { Lab } from './lab.ts'
import { runScenario } from './scenario.ts'

// Usage: run-lab.ts [COUNT [FIRST-SEED]]. Ends with 1 when anything was lost, doubled, moved or drawn otherwise.
const [count = 100, first = (Date.now() % 1_000_000) + 1] = process.argv.slice(2).map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)

const began = Date.now()
const lab = await Lab.open()
let failed = 0
try {
  for (let seed = first; seed < first + count; seed++) {
    const plan = planOf(seed)
    const faults = await runScenario(lab, plan).catch((error: unknown) => [String(error)])
    if (faults.length > 0) {
      failed += 1
      say(`FAILED ${describePlan(plan)}`)
      for (const fault of faults) say(`  ${fault}`)
    }
    if ((seed - first + 1) % 50 === 0) say(`${seed - first + 1} of ${count}, ${failed} failed`)
  }
} finally {
  await lab.close()
}
const seconds = Math.round((Date.now() - began) / 1000)
say(`${count} scenarios from seed ${first}: ${failed} failed, ${seconds} s`)
process.exitCode = failed === 0 ? 0 : 1
