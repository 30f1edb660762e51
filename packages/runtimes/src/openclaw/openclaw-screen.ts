const statusBar = /^\s*local ready \| |\| local ready\s*$/u
const ready = /^\s*local ready \| (?:idle|aborted)\s*$/u

/** The screen without the status bar and the input box below it. */
export function openClawContentOf(screen: readonly string[]): string[] {
  const bar = screen.findLastIndex((line) => statusBar.test(line))
  return bar === -1 ? [...screen] : screen.slice(0, bar)
}

/** Whether the status bar says that the prompt takes a task. */
export function saysReady(screen: readonly string[]): boolean {
  return screen.some((line) => ready.test(line))
}
