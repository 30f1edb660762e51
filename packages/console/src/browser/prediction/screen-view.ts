/** What prediction reads of a terminal; the rows are those of the screen, without what is above it. */
export interface ScreenView {
  readonly cols: number
  readonly cursorX: number
  readonly cursorY: number
  /** The normal screen with a visible cursor: anything else draws a caret of its own. */
  readonly isPredictable: boolean
  /** A space for an empty cell; the right half of a wide character has width 0 and no characters. */
  cell(x: number, y: number): { readonly chars: string; readonly width: number }
}
