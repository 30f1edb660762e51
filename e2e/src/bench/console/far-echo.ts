import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import { deployShell } from '../bench-machine.ts'
import { type Figure, percentile, spreadOf } from '../figure.ts'
import { type Echoing, pause } from './echoing.ts'
import { openNaiveRival } from './naive-rival.ts'
import { openOurConsole } from './our-console.ts'

const keyEveryMs = 125
/** The rival's echo comes later with every key; a moment of it shows enough. */
const naiveMs = 20_000

/** Eight keys per second, whether or not the one before was echoed, on a substrate that is `roundTripMs` away. */
export async function benchFarEcho(
  plane: ControlPlaneProcess,
  roundTripMs: number,
  minutes: number,
): Promise<Figure[]> {
  const machines = {
    stream: await deployShell(plane, 'local-stream'),
    poll: await deployShell(plane, 'local-poll'),
  }
  const designs = {
    stream: await openOurConsole(plane, machines.stream, 'ws'),
    poll: await openOurConsole(plane, machines.poll, 'ws'),
    naive: await openNaiveRival(roundTripMs),
  }
  try {
    const forMs = minutes * 60_000
    const [stream, poll, naive] = await Promise.all([
      typeSteadily(designs.stream, forMs, 0),
      typeSteadily(designs.poll, forMs, 40),
      typeSteadily(designs.naive, Math.min(forMs, naiveMs), 80),
    ])
    return [
      ...figuresOf('stream', roundTripMs, stream),
      ...figuresOf('poll', roundTripMs, poll),
      {
        name: `Key to echo p95, ${roundTripMs} ms away: a command per key`,
        value: percentile(naive, 0.95),
        unit: 'ms',
        note: spreadOf(naive),
      },
    ]
  } finally {
    for (const design of Object.values(designs)) await design.close()
    for (const id of Object.values(machines)) await plane.client.machines.destroy(id)
  }
}

function figuresOf(tier: string, roundTripMs: number, took: readonly number[]): Figure[] {
  const part = Math.max(1, Math.floor(took.length / 5))
  const [first, last] = [took.slice(0, part), took.slice(-part)]
  return [
    {
      name: `Key to echo p95, ${roundTripMs} ms away: ours, ${tier}`,
      value: percentile(took, 0.95),
      unit: 'ms',
      goal: 1.2 * roundTripMs + 10,
      note: `p50 ${percentile(took, 0.5).toFixed(0)}; ${spreadOf(took)}`,
    },
    {
      name: '  its last fifth over its first, p50',
      value: percentile(last, 0.5) / percentile(first, 0.5),
      unit: 'x',
      goal: 1.1,
      note: `p50 ${percentile(first, 0.5).toFixed(1)} and ${percentile(last, 0.5).toFixed(1)} ms`,
    },
  ]
}

/** How long the echo of each key took. */
async function typeSteadily(echoing: Echoing, forMs: number, delayMs: number): Promise<number[]> {
  const began: number[] = []
  const took: number[] = []
  echoing.onOutput((bytes) => {
    const now = performance.now()
    for (const byte of bytes) {
      const start = byte === mark ? began.shift() : undefined
      if (start !== undefined) took.push(now - start)
    }
  })
  await pause(delayMs)
  const end = performance.now() + forMs
  for (let due = performance.now(); due < end; due += keyEveryMs) {
    await pause(Math.max(0, due - performance.now()))
    began.push(performance.now())
    echoing.type(key)
  }
  for (let waited = 0; began.length > 0 && waited < 30_000; waited += 50) await pause(50)
  return took
}

/** Erases the line before the one character, so that no terminal's line ever gets full. */
const key = '\x15a'
const mark = 'a'.charCodeAt(0)
