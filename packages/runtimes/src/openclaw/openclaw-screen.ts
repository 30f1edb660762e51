const statusBar = /^\s*local ready \| |\| local ready\s*$/u
const ready = /^\s*local ready \| (?:idle|aborted)\s*$/u
const session = /^\s*agent \S+ \| session /u
const line = /^─{10,}\s*$/u

/** The screen without the status bar and the input box below it. */
export function openClawContentOf(screen: readonly string[]): string[] {
  const bar = screen.findLastIndex((each) => statusBar.test(each))
  return bar === -1 ? [...screen] : screen.slice(0, bar)
}

/**
 * Whether the status bar says that the prompt takes a task.
 *
 * The bar counts where the screen ends with the input box below it: above that, one of an earlier agent may stand.
 */
export function saysReady(screen: readonly string[]): boolean {
  const bar = screen.findLastIndex((each) => statusBar.test(each))
  const box = screen.slice(bar + 1)
  return (
    ready.test(screen[bar] ?? '') &&
    session.test(box[0] ?? '') &&
    line.test(box[1] ?? '') &&
    box.findIndex((each, index) => index > 1 && line.test(each)) === box.length - 1
  )
}
