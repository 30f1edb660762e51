import type { ConsoleSource } from '@agent-machines/console/browser'
import type { BootstrapPhase, Machine } from '@agent-machines/core'
import { formatSpan } from '../machines/format-age.ts'
import { setupMsOf, setupPhases } from './setup-phases.ts'
import { linesOf, type Transcript } from './transcript.ts'

/** A setup as scrollback: the transcript, and below it the rule that ends it. */
export interface Preface {
  readonly text: string
  readonly readyIn: string
}

const dim = (text: string) => `\x1b[90m${text}\x1b[0m`
const bold = (text: string) => `\x1b[1;97m${text}\x1b[0m`

/** The transcript of a machine that has just become ready; null when its setup was not seen to end. */
export function prefaceOf(machine: Machine, transcript: Transcript): Preface | null {
  const setupMs = setupMsOf(machine)
  if (setupMs === null) return null
  const readyIn = formatSpan(setupMs)
  const lines = setupPhases(machine, machine.bootstrap.phases).flatMap((phase) => [
    `${dim(secondsOf(phase, machine.createdAt))}${bold(phase.label)} ${dim(spanOf(phase))}`,
    ...linesOf(transcript, phase.id).map((line) => `      ${line}`),
  ])
  return { text: [...lines, '', dim(`── ready in ${readyIn} ──`), ''].join('\r\n'), readyIn }
}

/** `source` with `preface` in the scrollback above everything it shows. */
export function withPreface(source: ConsoleSource, preface: Preface | null): ConsoleSource {
  if (!preface) return source
  const on = (name: string, listener: (payload: unknown) => void) => {
    const prefaced = (payload: unknown) => listener(above(preface, payload as Snapshot))
    return source.on(name as 'snapshot', name === 'snapshot' ? prefaced : listener)
  }
  return { ...source, on: on as ConsoleSource['on'] }
}

interface Snapshot {
  readonly bytes: Uint8Array
  readonly cols: number
  readonly rows: number
}

function above(preface: Preface, snapshot: Snapshot): Snapshot {
  const lines = new TextEncoder().encode(`${preface.text}${'\r\n'.repeat(snapshot.rows)}\x1b[H`)
  return { ...snapshot, bytes: joined(lines, snapshot.bytes) }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

function secondsOf({ startedAt }: BootstrapPhase, createdAt: string): string {
  if (!startedAt) return ''.padEnd(6)
  return Math.max(0, (Date.parse(startedAt) - Date.parse(createdAt)) / 1000)
    .toFixed(1)
    .padEnd(6)
}

function spanOf({ state, startedAt, finishedAt }: BootstrapPhase): string {
  if (!startedAt || !finishedAt) return state
  return formatSpan(Date.parse(finishedAt) - Date.parse(startedAt))
}
