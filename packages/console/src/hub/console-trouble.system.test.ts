import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { AgentMachinesError, type Exec } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { type ConsoleMachine, consoleMachine, realTimers } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { killEverything, nameOf, processesOf } from '../testing/machine-processes.ts'
import { Viewer } from '../testing/viewer.ts'
import { workerProgram } from '../worker/console-worker-files.ts'
import type { ConsoleHub } from './console-hub.ts'

const data = (text: string) => Buffer.from(text).toString('base64')
const forever = () => new AbortController().signal
const recoveryMs = 3000

it('refuses a substrate without commands in its own words, to everybody who asks', async () => {
  const machine = aMachine()
  const refused = { code: 'CAPABILITY_UNSUPPORTED' }
  const exec = () => Promise.reject(new AgentMachinesError('CAPABILITY_UNSUPPORTED'))
  const hub = machine.hub({ exec: { exec } })

  await expect(hub.open({ cols: 80, rows: 24 })).rejects.toMatchObject(refused)
  await expect(hub.input({ client: 'one', seq: 1, data: data('x') })).rejects.toMatchObject(refused)
  await expect(new Viewer(hub.stream({ signal: forever() })).done).rejects.toMatchObject(refused)
})

it('does not start a console where nothing can be written, and says so', () => {
  const machine = aMachine()
  const console = '"$HOME"/.agent-machines/console'
  machine.run(`mkdir -p ${console}`)

  const said = machine.run(
    `bwrap --dev-bind / / --size 65536 --tmpfs ${console} --size 65536 --tmpfs /dev/shm sh -c '
      for d in ${console} /dev/shm; do head -c 65536 /dev/zero >$d/fill; done 2>/dev/null
      "$HOME"/.agent-machines/bin/am-console ensure agent 80 24 2>&1; echo "code $?"'`,
  )

  expect(said).toMatch(/no space is left in .*console\/agent\ncode 28\n/)
})

it('tells who watches and types that there is no space, and comes back when there is', async () => {
  const machine = aMachine()
  let isFull = false
  const exec: Exec = {
    ...machine.exec,
    exec: (command) =>
      machine.exec.exec(
        isFull && command.script.includes('ensure') ? { ...command, script: 'exit 28' } : command,
      ),
  }
  const { hub, viewer } = await watched(machine, machine.hub({ exec }))

  await machine.loopStands()
  isFull = true
  process.kill(machine.pidIn('watch'), 'SIGKILL')
  process.kill(machine.pidIn('courier'), 'SIGKILL')
  await viewer.until((_, events) => problems(events).includes('SUBSTRATE_QUOTA'))
  const refused = await hub.input({ client: 'one', seq: 1, data: data('x') }).catch((error) => error)
  isFull = false
  await viewer.until((_, events) => events.findLast(isSnapshot)?.data.reason === 'trimmed')
  await eventually(() => hub.trouble === null)

  expect(refused).toMatchObject({ code: 'SUBSTRATE_QUOTA' })
  expect(problems(viewer.events)).toEqual(['SUBSTRATE_QUOTA'])
  expect(await hub.input({ client: 'one', seq: 1, data: data('x') })).toMatchObject({ acked: 1 })
})

it('tells who watches that the console ends again and again, and comes back when it stays', async () => {
  const machine = aMachine()
  let isEnding = false
  const isWay = (script: string) => /\b(channel|follow|exchange)\b/.test(script)
  const command = <T extends { script: string }>(given: T): T =>
    isEnding && isWay(given.script) ? { ...given, script: 'exit 3' } : given
  const attach = machine.exec.attach as NonNullable<Exec['attach']>
  const exec: Exec = {
    exec: (given) => machine.exec.exec(command(given)),
    streamExec: (given) => machine.exec.streamExec(command(given)),
    attach: (given) => attach(command(given)),
  }
  const { viewer, hub } = await watched(machine, machine.hub({ exec }))

  isEnding = true
  process.kill(machine.pidIn('courier'), 'SIGKILL')
  await viewer.until((_, events) => problems(events).includes('SUBSTRATE_TRANSIENT'), 15_000)
  isEnding = false
  await eventually(() => hub.trouble === null, 15_000)

  expect(await hub.input({ client: 'one', seq: 1, data: data('x') })).toMatchObject({ acked: 1 })
}, 40_000)

it('makes somebody the driver whose wish met a courier that lived on and did nothing', async () => {
  const machine = aMachine()
  const { exec, streamExec } = machine.exec
  const { hub, viewer } = await watched(machine, machine.hub({ exec: { exec, streamExec } }))
  await machine.loopStands()
  process.kill(machine.pidIn('watch'), 'SIGKILL')
  const courier = machine.pidIn('courier')
  machine.run('cd "$HOME/.agent-machines/console/agent" && for f in *.in; do rm "$f" && mkfifo "$f"; done')

  const { driver } = await hub.takeOver({ client: 'two' })

  expect(driver).toMatchObject({ client: 'two' })
  expect(machine.pidIn('courier')).not.toBe(courier)
  expect(problems(viewer.events)).toEqual([])
})

it('is typed into again within 3 s after everything of it was killed at once', async () => {
  const machine = aMachine('echo up; exec cat')
  const { hub, viewer, epoch } = await watched(machine)
  await viewer.until((screen) => screen.includes('up'))

  const began = Date.now()
  killEverything(machine)
  const refused = await hub.input({ client: 'one', seq: 1, epoch, data: data('x') }).catch((error) => error)
  const opened = await hub.open({ cols: 80, rows: 24, client: 'one' })
  await viewer.until((screen) => /Its processes ended after[\s\S]*^up$/m.test(screen))
  await hub.input({ client: 'one', seq: 1, epoch: opened.epoch, data: data('again\r') })
  await viewer.until((screen) => screen.includes('again\nagain'))

  expect(Date.now() - began).toBeLessThan(recoveryMs)
  expect(refused).toMatchObject({ code: 'CONSOLE_RESTARTED', details: { epoch: opened.epoch, expected: 1 } })
  expect(viewer.events.findLast(isSnapshot)?.data.reason).toBe('restarted')
  expect(problems(viewer.events)).toEqual([])
})

it('brings nothing back that nobody waits for, and lets go of it; whoever asks then gets it', async () => {
  const machine = aMachine()
  const faster = 20
  const hub = machine.hub({
    timers: {
      now: () => realTimers.now() * faster,
      after: (ms, run) => realTimers.after(ms / faster, run),
    },
  })
  const stop = new AbortController()
  await hub.open({ cols: 80, rows: 24, client: 'one' })
  const viewer = new Viewer(hub.stream({ client: 'one', signal: stop.signal }))
  await viewer.until((_, events) => events.some(isSnapshot))
  stop.abort()
  await viewer.done

  killEverything(machine)
  await eventually(() => hub.ended !== null, 10_000)
  const left = processesOf(machine)
  const { driver } = await machine.hub().takeOver({ client: 'two' })

  expect(left).toEqual([])
  expect(hub.ended).toEqual({ reason: 'replaced', retry: true })
  expect(driver).toMatchObject({ client: 'two' })
})

it('leaves no process behind on the machine by 30 channels that are cut in three ways', async () => {
  const machine = aMachine()
  await watched(machine)
  // The last to come up is what keeps the log short.
  await eventually(() => processesOf(machine).some((pid) => nameOf(pid) === 'head'))
  const before = processesOf(machine).length
  const channels = Array.from({ length: 30 }, () =>
    spawn(join(machine.home, workerProgram), ['channel', 'agent'], {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: machine.home },
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  )
  await Promise.all(channels.map((channel) => once(channel.stdout, 'data')))
  const during = processesOf(machine).length

  for (const [index, channel] of channels.entries()) {
    if (index % 3 > 0) channel.kill(index % 3 === 1 ? 'SIGKILL' : 'SIGTERM')
    channel.stdin.destroy()
    channel.stdout.destroy()
  }

  expect(during).toBeGreaterThan(before + 60)
  // What only waits for output learns at the next report of the loop that nobody reads.
  await eventually(() => processesOf(machine).length <= before, 20_000)
}, 40_000)

function aMachine(agent?: string): ConsoleMachine {
  const machine = consoleMachine(agent)
  onTestFinished(() => machine.remove())
  return machine
}

async function watched(machine: ConsoleMachine, hub: ConsoleHub = machine.hub()) {
  const { epoch } = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const viewer = new Viewer(hub.stream({ client: 'one', signal: forever() }))
  await viewer.until((_, events) => events.some(isSnapshot))
  return { hub, viewer, epoch }
}

type Event = Viewer['events'][number]

function isSnapshot(event: Event): event is Extract<Event, { event: 'snapshot' }> {
  return event.event === 'snapshot'
}

function problems(events: readonly Event[]): string[] {
  return events.flatMap((event) => (event.event === 'error' ? [event.data.code] : []))
}
