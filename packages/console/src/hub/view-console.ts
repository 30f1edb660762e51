import {
  type AgentState,
  type ConsoleEvent,
  type ConsoleRest,
  type ConsoleTier,
  type EndReason,
  historyLines,
  type Problem,
  type SnapshotReason,
} from '@agent-machines/core'
import { toBase64 } from '../protocol/bytes.ts'
import { formatCursor, parseCursor } from '../protocol/cursor.ts'
import { hashOf } from '../protocol/hashes.ts'
import type { ChangeSignal } from './change-signal.ts'
import type { ConsoleState } from './console-state.ts'
import type { WindowEntry } from './log-window.ts'
import type { PlacedSnapshot } from './snapshot-requests.ts'
import type { Timers } from './timers.ts'

export interface StreamRequest {
  readonly client?: string | undefined
  readonly label?: string | undefined
  /** The `id` of the last event the reader has. */
  readonly cursor?: string | undefined
  /** How many lines above the screen a snapshot holds. */
  readonly history?: number | undefined
  readonly signal: AbortSignal
}

/** What a reader needs of a hub. */
export interface WatchedConsole {
  readonly session: string
  /** Tells this console from every other one. */
  readonly name: string
  readonly timers: Timers
  readonly state: ConsoleState
  readonly changes: ChangeSignal
  readonly tier: ConsoleTier
  readonly viewers: number
  readonly agentState: AgentState | null
  readonly trouble: Problem | null
  readonly ended: { readonly reason: EndReason; readonly retry: boolean } | null
  enter(client: string | undefined, label: string | undefined): () => void
  ready(signal: AbortSignal): Promise<void>
  catchUp(): Promise<void>
  snapshot(history: number, signal: AbortSignal): Promise<PlacedSnapshot | null>
  /** Up to where the input of the client with this hash is known to be typed. */
  ackedOf(hash: string): number
}

interface Place {
  readonly log: string
  readonly offset: number
  /** The reader's screen was drawn with a pen that was a guess. */
  readonly isGuess: boolean
}

const idleMs = 12_000
/** The first one comes soon: a reader that misses it knows that something on the way holds the stream back. */
const firstIdleMs = 1000
const keptBytes = 8 * 1024 * 1024
/** How long an acknowledgement waits for the echo behind it, so that both go together. */
const ackHoldMs = 4

/** Yields the console's events for one reader, who keeps nothing here but its place in the log. */
export async function* viewConsole(
  hub: WatchedConsole,
  request: StreamRequest,
): AsyncGenerator<ConsoleEvent> {
  const leave = hub.enter(request.client, request.label)
  const wake = () => hub.changes.notify()
  request.signal.addEventListener('abort', wake)
  try {
    await hub.ready(request.signal)
    if (request.signal.aborted) return
    const resume = await placeOf(hub, request.cursor)
    yield started(hub, typeof resume !== 'string')
    yield* follow(hub, request, resume)
  } finally {
    request.signal.removeEventListener('abort', wake)
    leave()
  }
}

/** What a reader was told last of the things that stand in no log. */
interface Told {
  driver: number
  tier: ConsoleTier
  rest: ConsoleRest | null
  agent: AgentState | null
  /** Its own input, in this epoch; told with what it caused, or by itself when that takes long. */
  acked: number
  /** In its words: the same trouble seen again is not told again. */
  trouble: string | null
}

async function* follow(
  hub: WatchedConsole,
  { client, signal, history = historyLines.default }: StreamRequest,
  from: Place | SnapshotReason,
): AsyncGenerator<ConsoleEvent> {
  const { driverVersion: driver, rest } = hub.state
  const told: Told = { driver, tier: hub.tier, rest, agent: null, acked: 0, trouble: null }
  const hash = client === undefined ? null : hashOf(client)
  let place = typeof from === 'string' ? null : from
  let reason: SnapshotReason = typeof from === 'string' ? from : 'trimmed'
  let epoch = hub.state.epoch
  let quietSince = hub.timers.now()
  let idleAfterMs = firstIdleMs
  let heldAck = 0
  while (!signal.aborted && hub.ended === null) {
    const events: ConsoleEvent[] = newsFor(hub, told, epoch)
    const acked = hash === null ? 0 : hub.ackedOf(hash)
    const lost = place === null ? reason : reasonToStartOver(hub, place, epoch)
    const entry = lost === null && place !== null ? hub.state.window.readAfter(place.offset) : null
    if (lost !== null) {
      reason = lost
      place = null
      yield* events.splice(0)
      const snapshot = await hub.snapshot(history, signal)
      if (snapshot === null) continue
      place = { log: snapshot.log, offset: snapshot.end, isGuess: snapshot.isGuess }
      if (epoch !== hub.state.epoch) told.acked = 0
      epoch = hub.state.epoch
      events.push(snapshotEvent(hub, snapshot, place, reason), ...ackEvents(client, acked, told))
    } else if (entry !== null && place !== null) {
      place = { ...place, offset: entry.end }
      events.push(...ackEvents(client, acked, told), ...entryEvents(hub, entry, place))
    } else if (acked > told.acked) {
      if (events.length === 0 && acked !== heldAck) {
        heldAck = acked
        await hub.changes.next(hub.timers, ackHoldMs)
        continue
      }
      events.push(...ackEvents(client, acked, told))
    } else if (events.length === 0) {
      const left = quietSince + idleAfterMs - hub.timers.now()
      if (left > 0) await hub.changes.next(hub.timers, left)
      else {
        events.push({ event: 'idle', data: {} })
        idleAfterMs = idleMs
      }
    }
    if (events.length > 0) quietSince = hub.timers.now()
    yield* events
  }
  if (hub.ended !== null) yield { event: 'end', data: hub.ended }
}

/** Tells a client up to where its own input was typed: before the output which that caused. */
function ackEvents(client: string | undefined, acked: number, told: Told): ConsoleEvent[] {
  if (client === undefined || acked <= told.acked) return []
  told.acked = acked
  return [{ event: 'ack', data: { client, acked } }]
}

function newsFor(hub: WatchedConsole, told: Told, epoch: string): ConsoleEvent[] {
  const events: ConsoleEvent[] = []
  if (told.tier !== hub.tier || told.rest !== hub.state.rest) {
    told.tier = hub.tier
    told.rest = hub.state.rest
    events.push(started(hub, epoch === hub.state.epoch))
  }
  if (told.driver !== hub.state.driverVersion) {
    told.driver = hub.state.driverVersion
    events.push({ event: 'driver', data: { driver: hub.state.driver?.driver ?? null, viewers: hub.viewers } })
  }
  if (told.agent !== hub.agentState && hub.agentState !== null) {
    told.agent = hub.agentState
    events.push({ event: 'agent', data: hub.agentState })
  }
  const { trouble } = hub
  if (told.trouble !== (trouble?.detail ?? null)) {
    told.trouble = trouble?.detail ?? null
    if (trouble !== null) events.push({ event: 'error', data: trouble })
  }
  return events
}

/** Where a reader with this cursor goes on, or why it needs a snapshot. */
async function placeOf(hub: WatchedConsole, text: string | undefined): Promise<Place | SnapshotReason> {
  if (text === undefined || text === '') return 'attach'
  const cursor = parseCursor(text)
  if (cursor === null || cursor.console !== hub.name) return 'unknown-cursor'
  // Another instance may have read on a little further.
  if (cursor.log === hub.state.log && cursor.offset > hub.state.window.end) await hub.catchUp()
  if (cursor.epoch !== hub.state.epoch) return 'restarted'
  if (cursor.log !== hub.state.log) return 'trimmed'
  const { window } = hub.state
  if (cursor.offset > window.end) return 'unknown-cursor'
  const place: Place = { log: cursor.log, offset: cursor.offset, isGuess: cursor.isGuess === true }
  if (cursor.offset < window.end - keptBytes || isWrong(hub, place)) return 'trimmed'
  return window.canContinue(cursor.offset) ? place : 'behind'
}

function reasonToStartOver(hub: WatchedConsole, place: Place, epoch: string): SnapshotReason | null {
  if (place.log !== hub.state.log) return epoch === hub.state.epoch ? 'trimmed' : 'restarted'
  if (isWrong(hub, place)) return 'trimmed'
  return place.offset < hub.state.window.start ? 'behind' : null
}

/** Whether a reader was shown a guess that is over: what was printed meanwhile may look otherwise. */
function isWrong(hub: WatchedConsole, { isGuess, offset }: Place): boolean {
  return isGuess && hub.state.knowsPenSince(offset)
}

function idAt(hub: WatchedConsole, { offset, isGuess }: Place): string {
  const { epoch, log } = hub.state
  return formatCursor({ console: hub.name, epoch, log, offset, ...(isGuess && { isGuess }) })
}

function started(hub: WatchedConsole, resumed: boolean): ConsoleEvent {
  const { epoch, cols, rows, driver } = hub.state
  return {
    event: 'started',
    data: {
      session: hub.session,
      epoch,
      cols,
      rows,
      tier: hub.tier,
      driver: driver?.driver ?? null,
      viewers: hub.viewers,
      resumed,
      rest: hub.state.rest,
    },
  }
}

function snapshotEvent(
  hub: WatchedConsole,
  snapshot: PlacedSnapshot,
  place: Place,
  reason: SnapshotReason,
): ConsoleEvent {
  const { bytes, cols, rows, history, historyAvailable } = snapshot
  return {
    event: 'snapshot',
    id: idAt(hub, place),
    data: { data: toBase64(bytes), cols, rows, reason, history, historyAvailable },
  }
}

function entryEvents(hub: WatchedConsole, entry: WindowEntry, place: Place): ConsoleEvent[] {
  switch (entry.kind) {
    case 'output':
      return [{ event: 'output', id: idAt(hub, place), data: { data: toBase64(entry.bytes) } }]
    case 'resize':
      return [{ event: 'resize', id: idAt(hub, place), data: { cols: entry.cols, rows: entry.rows } }]
  }
}
