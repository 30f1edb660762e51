import type { ConsoleTier } from '@agent-machines/core'
import { consoleMachine } from './console-machine.ts'
import { type Continuity, joinOnce, openPrinting, printNumbers } from './joins.ts'
import { execOfTier } from './slow-exec.ts'

/** Every so many joins come through an instance of their own. */
const joinsPerHub = 10

/** `npm run test:joins -- 1000`: joins a console that prints 2,000 lines a second, on each tier. */
async function main(joins: number): Promise<void> {
  let faults = 0
  for (const tier of ['attach', 'stream', 'poll'] as const) {
    const startedAt = performance.now()
    const { lines, lost, repeated } = await joinMany(tier, joins)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    process.stdout.write(
      `${tier}: ${joins} joins, ${lines} lines read, ${lost} lost, ${repeated} repeated, ${seconds} s\n`,
    )
    faults += lost + repeated
  }
  process.exitCode = faults === 0 ? 0 : 1
}

async function joinMany(tier: ConsoleTier, joins: number): Promise<Continuity> {
  const machine = consoleMachine(printNumbers)
  const exec = execOfTier(machine.exec, tier)
  const total = { lines: 0, lost: 0, repeated: 0 }
  try {
    let hub = machine.hub({ exec })
    await openPrinting(hub)
    for (let join = 0; join < joins; join++) {
      if (join > 0 && join % joinsPerHub === 0) {
        await hub.close()
        hub = machine.hub({ exec })
      }
      const { lines, lost, repeated } = await joinOnce(hub, join)
      total.lines += lines
      total.lost += lost
      total.repeated += repeated
    }
  } finally {
    await machine.remove()
  }
  if (total.lines < 20 * joins) throw new Error(`${joins} joins by ${tier} saw ${total.lines} lines`)
  return total
}

await main(Number(process.argv[2] ?? 100))
