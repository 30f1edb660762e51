import { captureLine } from '../protocol/worker-lines.ts'
import type { ChangeSignal } from './change-signal.ts'
import type { ConsoleAttachment } from './console-attachment.ts'
import type { ConsoleState, PlacedSnapshot } from './console-state.ts'
import type { Timers } from './timers.ts'

const askAgainMs = 1000

/** Screens out of the log: readers that ask at the same time share one capture. */
export class SnapshotRequests {
  readonly #timers: Timers
  readonly #state: ConsoleState
  readonly #changes: ChangeSignal
  readonly #attachment: Pick<ConsoleAttachment, 'isReady' | 'ended' | 'trouble' | 'write'>
  /** The request that is on its way: when it was made, how deep, and what was the newest screen then. */
  #asked: { readonly at: number; readonly depth: number; readonly newest: PlacedSnapshot | null } | null =
    null

  constructor(
    timers: Timers,
    state: ConsoleState,
    changes: ChangeSignal,
    attachment: Pick<ConsoleAttachment, 'isReady' | 'ended' | 'trouble' | 'write'>,
  ) {
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
    const before = this.#state.snapshot
    const isNew = before === null || before.end !== this.#state.window.end || !this.#attachment.isReady
    if (!isNew && isAsDeepAs(before, depth)) return before
    while (!signal.aborted && this.#attachment.ended === null && this.#attachment.trouble === trouble) {
      const { snapshot } = this.#state
      if (snapshot !== null && snapshot !== before && isAsDeepAs(snapshot, depth)) return snapshot
      if (this.#attachment.isReady) this.#ask(depth)
      await this.#changes.next(this.#timers, askAgainMs, signal)
    }
    return null
  }

  #ask(depth: number): void {
    const at = this.#timers.now()
    const newest = this.#state.snapshot
    const asked = this.#asked
    if (asked?.newest === newest && asked.depth === depth && at - asked.at < askAgainMs) return
    this.#asked = { at, depth, newest }
    this.#attachment.write([captureLine(depth)])
  }
}

/** Whether a reader who asked for `depth` lines would have got just this. */
function isAsDeepAs({ history, historyAvailable }: PlacedSnapshot, depth: number): boolean {
  return history === Math.min(depth, historyAvailable)
}
