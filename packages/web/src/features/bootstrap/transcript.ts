import type { Bootstrap, BootstrapPhase } from '@agent-machines/core'

/** What has been seen of a bootstrap: phases in order and the lines each one wrote. */
export interface Transcript {
  readonly state: Bootstrap['state']
  readonly phases: readonly BootstrapPhase[]
  readonly lines: ReadonlyMap<string, readonly TranscriptLine[]>
  readonly error: unknown
}

export interface TranscriptLine {
  /** As it was written so far; the last line of a phase may still grow. */
  readonly raw: string
  readonly text: string
}

export type TranscriptChange =
  | { readonly kind: 'begin'; readonly attempt: number }
  | { readonly kind: 'phase'; readonly phase: BootstrapPhase }
  | { readonly kind: 'log'; readonly phase: string; readonly text: string }
  | { readonly kind: 'done'; readonly state: Bootstrap['state'] }
  | { readonly kind: 'broken'; readonly error: unknown }

export const emptyTranscript: Transcript = { state: 'pending', phases: [], lines: new Map(), error: null }

/** Lines kept of one phase; the whole log stays on the machine. */
const keptLines = 400

export function transcriptAfter(before: Transcript, change: TranscriptChange): Transcript {
  switch (change.kind) {
    case 'begin':
      return emptyTranscript
    case 'phase':
      return { ...before, state: 'running', phases: withPhase(before.phases, change.phase) }
    case 'log': {
      const lines = new Map(before.lines)
      const known = lines.get(change.phase) ?? []
      const added = `${known.at(-1)?.raw ?? ''}${change.text}`.split('\n')
      const all = [...known.slice(0, -1), ...added.map((raw) => ({ raw, text: plain(raw) }))]
      lines.set(change.phase, all.slice(-keptLines))
      return { ...before, lines }
    }
    case 'done':
      return { ...before, state: change.state }
    case 'broken':
      return { ...before, error: change.error }
  }
}

/** What a phase wrote, line by line, without blank lines at its ends. */
export function linesOf(transcript: Transcript, phase: string): readonly string[] {
  const lines = (transcript.lines.get(phase) ?? []).map((line) => line.text)
  const first = lines.findIndex((line) => line.trim() !== '')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  return first < 0 ? [] : lines.slice(first, last + 1)
}

function withPhase(phases: readonly BootstrapPhase[], phase: BootstrapPhase): readonly BootstrapPhase[] {
  return phases.some((each) => each.id === phase.id)
    ? phases.map((each) => (each.id === phase.id ? phase : each))
    : [...phases, phase]
}

/** Without colours and cursor movements; of a line drawn over and over, its last form. */
function plain(text: string): string {
  const bare = text.replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/\x1b\][^\x07]*\x07/g, '')
  return bare.replace(/\r+$/, '').split('\r').at(-1) ?? ''
}
