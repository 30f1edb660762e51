/** A terminal that is fed what a program wrote and read cell by cell; the console itself has none. */
export interface Emulator {
  write(bytes: Uint8Array): Promise<void>
  resize(cols: number, rows: number): void
  /** The cells of a row, without the second halves of wide ones; rows above the screen are negative. */
  cells(screen: 'shown' | 'normal', y: number): readonly EmulatorCell[]
  dispose(): void
}

export interface EmulatorCell {
  /** Empty where nothing was written. */
  readonly text: string
  /** As SGR parameters; empty for the usual one. */
  readonly background: string
}

export type CreateEmulator = (cols: number, rows: number) => Emulator
