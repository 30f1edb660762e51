import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { bytesOf, nextEvent, openSocketLink } from './console-links.ts'

const size = { cols: 120, rows: 32 }
/** Colours and text on every row, and a mark that stands once all is painted. */
const painting =
  'clear; for i in $(seq 1 31); do printf "\\033[3$((i % 8));4$(((i + 3) % 8))m%119s\\033[0m\\n" "row $i"; done; printf "painted-%s" ok; cat\r'

/** When a machine was asked for, and how long it took until it was ready. */
export interface Created {
  readonly id: string
  readonly began: number
  readonly readyMs: number
}

/** Asks for a machine and follows it over the event stream, as the dashboard does. */
export async function createReady(
  plane: ControlPlaneProcess,
  runtime: string,
  substrate = 'local',
): Promise<Created> {
  const stop = new AbortController()
  const states = new Map<string, string>()
  const events = plane.client.events({ signal: stop.signal })[Symbol.asyncIterator]()
  try {
    // The first event says that the stream stands, so no change can be missed.
    await events.next()
    const began = performance.now()
    const { id } = await plane.client.machines.create({ runtime, substrate })
    while (states.get(id) !== 'ready') {
      const { value: event, done } = await events.next()
      if (done || states.get(id) === 'failed') throw new Error(`machine ${id} did not become ready`)
      if (event.event === 'machine') states.set(event.machine.id, event.machine.state)
    }
    return { id, began, readyMs: performance.now() - began }
  } finally {
    stop.abort()
  }
}

/** A ready machine with a plain shell. */
export async function deployShell(plane: ControlPlaneProcess, substrate?: string): Promise<string> {
  return (await createReady(plane, 'shell', substrate)).id
}

/** Fills the screen of a console session. */
export async function paintScreen(plane: ControlPlaneProcess, machineId: string, session: string) {
  const client = `paint-${session}`
  const { epoch } = await plane.client.console.open(machineId, { ...size, session, client })
  const link = openSocketLink(plane, { machineId, session, client, epoch })
  await nextEvent(link, ({ event }) => event === 'snapshot')
  const painted = nextEvent(link, (event) => Buffer.from(bytesOf(event)).includes('painted-ok'))
  link.type(painting)
  await painted
  link.close()
}
