import { expect, it, onTestFinished } from 'vitest'
import { type ConsoleMachine, consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { Viewer } from '../testing/viewer.ts'
import type { ConsoleExec } from './wire.ts'

it('costs hardly a command while somebody watches a quiet console, and none while nobody does', async () => {
  const machine = consoleMachine()
  onTestFinished(() => machine.remove())
  const { exec, commands } = counted(machine)
  const hub = machine.hub({ exec })
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const stop = new AbortController()
  const viewer = new Viewer(hub.stream({ client: 'one', signal: stop.signal }))
  await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))
  await beats(machine, 1)

  commands.length = 0
  await beats(machine, 2)
  const watched = commands.length
  stop.abort()
  await viewer.done
  await eventually(() => commands.every(({ hasEnded }) => hasEnded), 30_000)
  commands.length = 0
  await beats(machine, 1)

  expect(watched).toBeLessThanOrEqual(2)
  // The worker is told once that the driver has left.
  expect(commands.length).toBeLessThanOrEqual(1)
}, 120_000)

/** A machine with nothing but commands. */
function counted(machine: ConsoleMachine) {
  const commands: { hasEnded: boolean }[] = []
  const counting: ConsoleExec['exec'] = async (command) => {
    const entry = { hasEnded: false }
    commands.push(entry)
    return machine.exec.exec(command).finally(() => {
      entry.hasEnded = true
    })
  }
  return { exec: { exec: counting }, commands }
}

/** Resolves when the loop beside the console has reported so many more times. */
async function beats(machine: ConsoleMachine, count: number): Promise<void> {
  const reports = () => {
    const log = machine.run('cat "$HOME"/.agent-machines/console/agent/*.log')
    return log.split('\nam:signals|').length
  }
  const before = reports()
  await eventually(() => reports() >= before + count, 30_000)
}
