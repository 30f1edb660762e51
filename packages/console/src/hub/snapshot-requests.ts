import { composeSnapshot, type Snapshot } from '../protocol/compose-snapshot.ts'
import type { Behind } from '../protocol/painted-lines.ts'
import { captureLine } from '../protocol/worker-lines.ts'
import type { ChangeSignal } from './change-signal.ts'
import type { ConsoleAttachment } from './console-attachment.ts'
import type { ConsoleState, PlacedScreen } from './console-state.ts'
import type { CreateEmulator } from './emulator.ts'
import { withErasedBackgrounds } from './erased-backgrounds.ts'
import type { Timers } from './timers.ts'

const askAgainMs = 1000

export interface PlacedSnapshot extends Snapshot {
  readonly log: string
  readonly end: number
  readonly isGuess: boolean
}

/** Screens out of the log: readers that ask at the same time share one capture. */
export class SnapshotRequests {
  readonly #timers: Timers
  readonly #state: ConsoleState
  readonly #changes: ChangeSignal
  readonly #attachment: Pick<ConsoleAttachment, 'isReady' | 'ended' | 'trouble' | 'write'>
  readonly #createEmulator: CreateEmulator | undefined
  #composed: { readonly screen: PlacedScreen; readonly snapshot: Promise<PlacedSnapshot> } | null = null
  /** The request that is on its way: when it was made, how deep, and what was the newest screen then. */
  #asked: { readonly at: number; readonly depth: number; readonly newest: PlacedScreen | null } | null = null

  constructor(
    timers: Timers,
    state: ConsoleState,
    changes: ChangeSignal,
    attachment: Pick<ConsoleAttachment, 'isReady' | 'ended' | 'trouble' | 'write'>,
    createEmulator: CreateEmulator | undefined,
  ) {
    this.#createEmulator = createEmulator
    this.#timers = timers
    this.#state = state
    this.#changes = changes
    this.#attachment = attachment
  }

  /** What was asked for will not come: another attachment reads on. */
  forget(): void {
    this.#asked = null
  }

  /**
   * A screen and at most `depth` lines above it, with everything up to its place; null when the caller should
   * look around first.
   */
  async next(depth: number, signal: AbortSignal): Promise<PlacedSnapshot | null> {
    const { trouble } = this.#attachment
    const before = this.#state.screen
    const isNew = before === null || before.end !== this.#state.window.end || !this.#attachment.isReady
    if (!isNew && isAsDeepAs(before, depth)) return this.#compose(before)
    while (!signal.aborted && this.#attachment.ended === null && this.#attachment.trouble === trouble) {
      const { screen } = this.#state
      if (screen !== null && screen !== before && isAsDeepAs(screen, depth)) return this.#compose(screen)
      if (this.#attachment.isReady) this.#ask(depth)
      await this.#changes.next(this.#timers, askAgainMs, signal)
    }
    return null
  }

  #compose(screen: PlacedScreen): Promise<PlacedSnapshot> {
    if (this.#composed?.screen !== screen) this.#composed = { screen, snapshot: this.#composeOnce(screen) }
    return this.#composed.snapshot
  }

  async #composeOnce(screen: PlacedScreen): Promise<PlacedSnapshot> {
    const { captured, untold, isGuess, log, end } = screen
    const compose = (behind: Behind) => ({ ...composeSnapshot(captured, untold, behind), isGuess, log, end })
    if (!untold.erased || this.#createEmulator === undefined) return compose(() => '')
    return withErasedBackgrounds(this.#createEmulator, this.#state.window, screen, compose)
  }

  #ask(depth: number): void {
    const at = this.#timers.now()
    const newest = this.#state.screen
    const asked = this.#asked
    if (asked?.newest === newest && asked.depth === depth && at - asked.at < askAgainMs) return
    this.#asked = { at, depth, newest }
    this.#attachment.write([captureLine(depth)])
  }
}

/** Whether a reader who asked for `depth` lines would have got just this. */
function isAsDeepAs({ history, historyAvailable }: PlacedScreen, depth: number): boolean {
  return history === Math.min(depth, historyAvailable)
}
