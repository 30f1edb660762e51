import { plainLine } from '../recipe/screen-text.ts'

const chosenOption = /^\s*›\s*\d+\.\s/u
const firstOption = /^\s*(›\s*)?1\.\s/u
const inputLine = /^›\s/u
const working = /^\s*[•◦]\s+Working\b|^[\s─]*Worked for /u
const banner = /^\s*>_ OpenAI Codex|^\s*Tip:/u

/** The screen without the input box or dialog and all below it, spinner and banner. */
export function codexContentOf(screen: readonly string[]): string[] {
  const box = screen.findLastIndex((line) => inputLine.test(line))
  const shown = box === -1 ? screen : screen.slice(0, box)
  return shown.filter((line) => !working.test(line) && !banner.test(line))
}

/** What the approval dialog on the screen asks for, null unless all of the dialog is there. */
export function codexAsks(screen: readonly string[]): string | null {
  if (!screen.some((line) => chosenOption.test(line))) return null
  const first = screen.findLastIndex((line) => firstOption.test(line))
  const start = screen.findLastIndex((line, index) => index < first && line.trimEnd().endsWith('?'))
  if (start === -1) return null
  const command = screen.slice(start, first).find((line) => /^\s*\$ /u.test(line))
  return plainLine(command?.replace(/^\s*\$ /u, '') ?? screen[start] ?? '')
}
