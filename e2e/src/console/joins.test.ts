import { afterAll, beforeAll, expect, it } from 'vitest'
import { ConsoleTab, type Transport } from '../testing/console-tab.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine } from '../testing/machines.ts'
import { type Random, seededRandom } from '../testing/random.ts'

const reloads = 200
const printNumbers = `exec awk 'BEGIN { for (n = 1; ; n++) { printf "N%07d\\n", n; if (n % 20 == 0) { fflush(); system("sleep 0.007") } } }'`

let plane: ControlPlaneProcess

beforeAll(async () => {
  plane = await startControlPlane()
})

afterAll(() => removeControlPlane(plane))

it('loses and repeats no line in 200 reloads while 2,000 lines a second are printed', async () => {
  const random = seededRandom('joins')
  const machineId = await machineThatPrints()
  const faults: string[] = []
  const seen = { resumed: 0, fresh: 0, first: 0, last: 0, since: Date.now() }

  let tab = new ConsoleTab(plane, machineId)
  for (let reload = 0; reload < reloads; reload += 1) {
    const before = numbersOf(tab).at(-1)
    const resumes = reload > 0 && random.next() < 0.5
    if (!resumes) tab = new ConsoleTab(plane, machineId)
    const transport = random.next() < 0.5 ? 'ws' : 'sse'
    faults.push(...(await joinOnce(tab, transport, resumes, random)).map((fault) => `${reload}: ${fault}`))
    const numbers = numbersOf(tab)
    if (before !== undefined && (numbers[0] ?? 0) > before + 1)
      faults.push(`${reload}: none between ${before}`)
    seen[resumes ? 'resumed' : 'fresh'] += 1
    if (reload === 0) seen.first = numbers.at(-1) ?? 0
    seen.last = numbers.at(-1) ?? 0
  }

  const perSecond = Math.round(((seen.last - seen.first) * 1000) / (Date.now() - seen.since))
  process.stdout.write(`joins: ${seen.resumed} resumed, ${seen.fresh} fresh, ${perSecond} lines/s\n`)
  expect(faults).toEqual([])
})

async function machineThatPrints(): Promise<string> {
  const { id } = await deployMachine(plane)
  const { epoch } = await plane.client.console.open(id, { cols: 80, rows: 24, client: 'keys' })
  const data = Buffer.from(`${printNumbers}\r`).toString('base64')
  await plane.client.console.input(id, { client: 'keys', seq: 1, epoch, data })
  const tab = new ConsoleTab(plane, id)
  await eventually('numbers', async () => {
    await tab.follow('sse', (events) => events.length > 3)
    return numbersOf(tab).length > 100
  })
  return id
}

/** One reload: reads for a random while and leaves; says what is wrong with what stands on the screen. */
async function joinOnce(tab: ConsoleTab, transport: Transport, resumes: boolean, random: Random) {
  const outputs = random.between(1, 12)
  const events = await tab.follow(transport, (seen) => outputsOf(seen) >= outputs)
  const snapshots = events.filter(({ event }) => event === 'snapshot').length
  if (resumes && snapshots > 0) return ['a cursor in the kept log was answered with a snapshot']
  if (!resumes && snapshots !== 1) return [`${snapshots} snapshots`]
  const numbers = numbersOf(tab)
  if (numbers.length < 20) return [`only ${numbers.length} lines`]
  return numbers.flatMap((number, index) =>
    index > 0 && number !== (numbers[index - 1] ?? 0) + 1 ? [`${numbers[index - 1]} -> ${number}`] : [],
  )
}

function outputsOf(events: readonly { event: string }[]): number {
  return events.filter(({ event }) => event === 'output').length
}

/** The complete lines, in order. */
function numbersOf(tab: ConsoleTab): number[] {
  return tab.lines().flatMap((line) => (/^N\d{7}$/.test(line) ? [Number(line.slice(1))] : []))
}
