const banner = /^[█▀▄]{4}|^█\s+█/u
const dialog = /^\s*△ /u
const turnEnd = /^▣ /u
const statusBar = /\sctrl\+p cmd\s*$|\besc (?:reject|cancel|dismiss)\s*$/u
const working = /\besc (?:again to )?interrupt\b/u

/**
 * The screen without the banner, the line under a finished turn, a dialog, the input and the status bar.
 *
 * The input has no frame: in an agent that does not work it is what stands below the last turn.
 */
export function openCodeContentOf(screen: readonly string[]): string[] {
  const bar = screen.findLastIndex((line) => statusBar.test(line))
  const shown = bar === -1 ? screen : screen.slice(0, endOfContent(screen.slice(0, bar), screen[bar] ?? ''))
  return shown.filter((line) => !banner.test(line) && !turnEnd.test(line))
}

function endOfContent(above: readonly string[], bar: string): number {
  const asks = above.findLastIndex((line) => dialog.test(line))
  const ended = above.findLastIndex((line) => turnEnd.test(line))
  if (asks > ended) return asks
  return working.test(bar) ? above.length : ended + 1
}
