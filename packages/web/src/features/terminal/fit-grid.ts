import type { MountedTerminal } from './create-terminal.ts'

export interface Grid {
  readonly cols: number
  readonly rows: number
}

const smallest: Grid = { cols: 20, rows: 5 }
const smallestFont = 5
/** How much larger than chosen the letters of a small grid may get. */
const enlargedBy = 3
const fontStep = 0.5

/** Draws at the chosen size; answers the grid that fits the window. */
export function fitToWindow({ terminal, fit }: MountedTerminal, fontSize: number): Grid {
  terminal.options.fontSize = fontSize
  if (terminal.element) terminal.element.style.transform = ''
  const size = fit.proposeDimensions()
  if (!size || size.cols <= 1) return { cols: terminal.cols, rows: terminal.rows }
  return { cols: Math.max(smallest.cols, size.cols), rows: Math.max(smallest.rows, size.rows) }
}

/** Draws the driver's grid as large as the frame allows: by the font, which stays sharp, and by scale below that. */
export function fitToFrame({ terminal }: MountedTerminal, frame: HTMLElement, fontSize: number): void {
  const { element } = terminal
  const screen = element?.querySelector<HTMLElement>('.xterm-screen')
  if (!element || !screen) return
  const style = getComputedStyle(element)
  const width =
    frame.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
  const height =
    frame.clientHeight - Number.parseFloat(style.paddingTop) - Number.parseFloat(style.paddingBottom)
  const room = () => Math.min(width / screen.offsetWidth, height / screen.offsetHeight)
  let font = Math.floor(((terminal.options.fontSize ?? fontSize) * room()) / fontStep) * fontStep
  font = Math.min(Math.max(font, smallestFont), fontSize + enlargedBy)
  terminal.options.fontSize = font
  while (room() < 1 && font > smallestFont) {
    font -= fontStep
    terminal.options.fontSize = font
  }
  element.style.transform = room() < 1 ? `scale(${room().toFixed(4)})` : ''
}
