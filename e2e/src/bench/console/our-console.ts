import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import {
  bytesOf,
  type ConsoleLink,
  nextEvent,
  openPollLink,
  openRequestLink,
  openSocketLink,
} from '../console-links.ts'
import { type Echoing, runCat, size } from './echoing.ts'

export type Transport = 'ws' | 'sse' | 'poll'

const openers = { ws: openSocketLink, sse: openRequestLink, poll: openPollLink }

/** A session of a machine with `cat` in it, over one of the transports. */
export async function openOurConsole(
  plane: ControlPlaneProcess,
  machineId: string,
  transport: Transport,
  session: string = transport,
): Promise<Echoing> {
  const echoing = echoingOf(await openSession(plane, machineId, transport, session))
  await runCat(echoing)
  return echoing
}

/** A driver's link to a session, once its screen is there. */
export async function openSession(
  plane: ControlPlaneProcess,
  machineId: string,
  transport: Transport,
  session: string,
): Promise<ConsoleLink> {
  const client = `bench-${session}`
  const { epoch } = await plane.client.console.open(machineId, { ...size, session, client })
  const link = openers[transport](plane, { machineId, session, client, epoch })
  await nextEvent(link, ({ event }) => event === 'snapshot')
  return link
}

export function echoingOf(link: ConsoleLink): Echoing {
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
