import type { AgentSignals } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import type { ConsoleHub } from './console-hub.ts'

const data = (text: string) => Buffer.from(text).toString('base64')

it('reports the last lines of the screen, at most one report a second, also to an instance that comes later', async () => {
  const { machine, hub, screens } = await startedConsole(
    'i=0; while read -r n; do while [ $i -lt $n ]; do i=$((i+1)); echo "é € line $i"; sleep 0.01; done; done',
  )
  await hub.input({ client: 'one', seq: 1, data: data('300\r') })
  const began = Date.now()
  await eventually(() => screens.at(-1)?.at(-1) === 'é € line 300')

  expect(screens.length).toBeLessThanOrEqual((Date.now() - began) / 1000 + 2)
  expect(screens.at(-1)).toEqual(Array.from({ length: 23 }, (_, line) => `é € line ${line + 278}`))
  const later: (readonly string[])[] = []
  collect(machine.hub(), later)
  await eventually(() => later.at(-1)?.at(-1) === 'é € line 300', 2000)
})

it('follows a screen that was cleared or is wide, without half characters', async () => {
  const { hub, screens } = await startedConsole(
    `read -r go; printf '%0299d€ rest' 0; read -r go; printf '\\033[2J\\033[H'; exec cat`,
    500,
  )
  await hub.input({ client: 'one', seq: 1, data: data('\r') })
  await eventually(() => screens.at(-1)?.at(-1) === '0'.repeat(299))
  await hub.input({ client: 'one', seq: 2, data: data('\r') })

  await eventually(() => screens.at(-1)?.length === 0)
})

async function startedConsole(agent: string, cols = 80) {
  const machine = consoleMachine(agent)
  onTestFinished(() => machine.remove())
  const hub = machine.hub()
  await hub.open({ cols, rows: 24, client: 'one', launch: true })
  const screens: (readonly string[])[] = []
  collect(hub, screens)
  return { machine, hub, screens }
}

function collect(hub: ConsoleHub, screens: (readonly string[])[]): void {
  const reading = (async () => {
    for await (const { screen } of hub.signals() as AsyncIterable<AgentSignals>) {
      if (screen !== undefined && screen !== screens.at(-1)) screens.push(screen)
    }
  })()
  reading.catch(() => undefined)
}
