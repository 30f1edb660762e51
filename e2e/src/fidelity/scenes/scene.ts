import type { Probe } from '../probes.ts'

/** Something to look at in a console. */
export interface Scene {
  readonly name: string
  /** What is written to the pane as it is, while the shell's own terminal modes are off. */
  readonly drawn?: string | Uint8Array
  /** Or what a person types, one after the other. */
  readonly typed?: readonly Typed[]
  /** The program draws its screen anew when the size changes; else tmux and xterm.js wrap its lines differently. */
  readonly redraws?: boolean
  /** What a program would write next, before the probes that every scene gets. */
  readonly next?: readonly Probe[]
  /**
   * What tmux makes of `drawn` where it is another terminal than xterm.js: what a snapshot shows instead, written
   * as bytes. Every scene with it is a row of the table in docs/design/console.md.
   */
  readonly instead?: string
}

export interface Typed {
  readonly keys: string
  /** What shows that it is there. */
  readonly until: RegExp
  /** Some programs take keys that come at once for a paste. */
  readonly pauseMs?: number
}
