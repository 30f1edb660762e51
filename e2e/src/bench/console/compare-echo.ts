import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import { deployShell } from '../bench-machine.ts'
import { type Figure, percentile, spreadOf } from '../figure.ts'
import { openAttachRival } from './attach-rival.ts'
import { openBarePty } from './bare-pty.ts'
import { type Echoing, echoOfKey, pause } from './echoing.ts'
import { openNaiveRival } from './naive-rival.ts'
import { openOurConsole, type Transport } from './our-console.ts'

const warmUpKeys = 10

/** Every design there is, key by key in turn, so that whatever else the computer does weighs on all of them alike. */
export async function compareEcho(plane: ControlPlaneProcess, keys: number): Promise<Figure[]> {
  const machines = {
    attach: await deployShell(plane, 'local-attach'),
    stream: await deployShell(plane, 'local-stream'),
    poll: await deployShell(plane, 'local-poll'),
  }
  const ours = (tier: keyof typeof machines, transport: Transport) =>
    openOurConsole(plane, machines[tier], transport)
  const designs = new Map<string, Echoing>([
    ['bare pty', await openBarePty()],
    ['tmux attach, WebSocket', await openAttachRival()],
    ['a command per key, SSE', await openNaiveRival()],
    ['ours: attach, WebSocket', await ours('attach', 'ws')],
    ['ours: attach, SSE', await ours('attach', 'sse')],
    ['ours: attach, long poll', await ours('attach', 'poll')],
    ['ours: stream, WebSocket', await ours('stream', 'ws')],
    ['ours: stream, SSE', await ours('stream', 'sse')],
    ['ours: poll, WebSocket', await ours('poll', 'ws')],
    ['ours: poll, SSE', await ours('poll', 'sse')],
  ])
  const took = new Map([...designs.keys()].map((name) => [name, [] as number[]]))
  try {
    for (let i = 0; i < keys + warmUpKeys; i++) {
      for (const [name, design] of designs) {
        const ms = await echoOfKey(design, i)
        if (i >= warmUpKeys) took.get(name)?.push(ms)
        await pause(1 + Math.random() * 6)
      }
    }
  } finally {
    for (const design of designs.values()) await design.close()
    for (const id of Object.values(machines)) await plane.client.machines.destroy(id)
  }
  return [...echoFigures(took), ...ratiosOf(took)]
}

function echoFigures(took: ReadonlyMap<string, readonly number[]>): Figure[] {
  return [...took].map(([name, values]) => ({
    name: `Key to echo p50: ${name}`,
    value: percentile(values, 0.5),
    unit: 'ms',
    note: spreadOf(values),
  }))
}

function ratiosOf(took: ReadonlyMap<string, readonly number[]>): Figure[] {
  const median = (name: string) => percentile(took.get(name) ?? [], 0.5)
  const ratio = (
    name: string,
    [over, under]: readonly [string, string],
    wanted: Pick<Figure, 'goal' | 'atLeast'>,
  ): Figure => ({
    name,
    value: median(over) / median(under),
    unit: 'x',
    ...wanted,
    note: `${over} ÷ ${under}`,
  })
  const reference = 'tmux attach, WebSocket'
  const naive = 'a command per key, SSE'
  return [
    ratio('WebSocket over tmux attach', ['ours: attach, WebSocket', reference], { goal: 1.3 }),
    ratio('SSE over tmux attach', ['ours: attach, SSE', reference], { goal: 2 }),
    ratio('stream tier over naive', ['ours: stream, WebSocket', naive], { goal: 0.6 }),
    ratio('naive over WebSocket', [naive, 'ours: attach, WebSocket'], { atLeast: 8 }),
    ratio('naive over SSE', [naive, 'ours: attach, SSE'], { atLeast: 5 }),
  ]
}
