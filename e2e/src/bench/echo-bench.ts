import { spawn } from '@lydell/node-pty'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { deployShell } from './bench-machine.ts'
import { bytesOf, type ConsoleLink, nextEvent, openRequestLink, openSocketLink } from './console-links.ts'
import { type Figure, percentile, spreadOf } from './figure.ts'

/** Something that echoes keys: a console over one of the transports, or a terminal of this process. */
interface Echoing {
  type(text: string): void
  onOutput(listener: (bytes: Uint8Array) => void): void
  close(): void
}

const size = { cols: 120, rows: 32 }
const pauseMs = 8
const lineLength = 50

/**
 * From a key to the program that typed it, `cat` in the pane, all on one line of the same run.
 *
 * The three take turns key by key, so that whatever else the computer does weighs on all of them alike.
 */
export async function benchEcho(plane: ControlPlaneProcess, keys: number): Promise<Figure[]> {
  const machineId = await deployShell(plane)
  const echoing = {
    ws: await openConsole(plane, machineId, 'ws'),
    sse: await openConsole(plane, machineId, 'sse'),
    bare: await openBare(),
  }
  const took = { ws: [] as number[], sse: [] as number[], bare: [] as number[] }
  try {
    for (let i = 0; i < keys; i++) {
      for (const name of ['ws', 'sse', 'bare'] as const) {
        if (i % lineLength === 0) await typed(echoing[name], '\r', 2)
        took[name].push(await typed(echoing[name], 'abcdefghij'.charAt(i % 10), 1))
        await pause(pauseMs)
      }
    }
  } finally {
    for (const each of Object.values(echoing)) each.close()
    await plane.client.machines.destroy(machineId)
  }
  const bare = percentile(took.bare, 0.5)
  const figure = (name: string, values: readonly number[], goal?: number): Figure => ({
    name: `Key to echo, ${name}, p50`,
    value: percentile(values, 0.5),
    unit: 'ms',
    ...(goal === undefined ? {} : { goal }),
    note: `${(percentile(values, 0.5) / bare).toFixed(1)} times the bare pty; ${spreadOf(values)}`,
  })
  return [
    figure('WebSocket', took.ws, 2),
    figure('POST and SSE', took.sse, 3.5),
    figure('bare node-pty', took.bare),
  ]
}

/** Milliseconds until as many line ends or characters as `text` must cause were echoed. */
function typed(echoing: Echoing, text: string, answers: number): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now()
    let missing = answers
    echoing.onOutput((bytes) => {
      missing -= text === '\r' ? Buffer.from(bytes).toString().split('\n').length - 1 : bytes.length
      if (missing <= 0) resolve(performance.now() - began)
    })
    echoing.type(text)
  })
}

async function openConsole(
  plane: ControlPlaneProcess,
  machineId: string,
  kind: 'ws' | 'sse',
): Promise<Echoing> {
  const target = { machineId, session: `echo-${kind}`, client: `echo-${kind}` }
  const { epoch } = await plane.client.console.open(machineId, {
    ...size,
    session: target.session,
    client: target.client,
  })
  const open = kind === 'ws' ? openSocketLink : openRequestLink
  const link = open(plane, { ...target, epoch })
  await nextEvent(link, ({ event }) => event === 'snapshot')
  const echoing = outputOf(link)
  await runCat(echoing)
  return echoing
}

function outputOf(link: ConsoleLink): Echoing {
  let listener = (_bytes: Uint8Array) => {}
  link.onEvent((event) => {
    if (event.event === 'output') listener(bytesOf(event))
  })
  return {
    type: (text) => link.type(text),
    onOutput: (next) => {
      listener = next
    },
    close: () => link.close(),
  }
}

async function openBare(): Promise<Echoing> {
  const pty = spawn('/bin/sh', [], { ...size, encoding: null })
  let listener = (_bytes: Uint8Array) => {}
  pty.onData((data) => listener(Buffer.from(data)))
  const echoing = {
    type: (text: string) => pty.write(text),
    onOutput: (next: (bytes: Uint8Array) => void) => {
      listener = next
    },
    close: () => pty.kill('SIGKILL'),
  }
  await runCat(echoing)
  return echoing
}

/** Puts `cat` in the place of the shell; resolves when it echoes. */
function runCat(echoing: Echoing): Promise<void> {
  return new Promise((resolve) => {
    let seen = ''
    echoing.onOutput((bytes) => {
      seen += Buffer.from(bytes).toString()
      if (seen.includes('cat-runs')) resolve()
    })
    echoing.type('printf "cat-%s\\n" runs; exec cat\r')
  })
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
