const statusBar = /^\s*⚕ .+ │ /u
const frame = /^[\s─╭╮╰╯]*$|^╭─ ⚕ Hermes ─/u

/** The screen without the status bar and the input line below it, and without lines that only frame. */
export function hermesContentOf(screen: readonly string[]): string[] {
  const bar = screen.findLastIndex((line) => statusBar.test(line))
  const shown = bar === -1 ? screen : screen.slice(0, bar)
  return shown.filter((line) => !frame.test(line))
}
