import { plainLine } from '../recipe/screen-text.ts'

const rule = /^[─━]{10,}/u
const dashedRule = /^╌{10,}/u
const inputLine = /^[❯!#>]/u
const option = /^\s*(❯\s*)?\d+\.\s/u
const keyHint = /^\s*(esc|enter|tab|ctrl\+\w|↑)\S* to /iu
const tip = /^\s*Tip:/u
const spinner = /^[✻✢✳✶✽·*]\s+\S+… |^[✻✢✳✶✽·*]\s.+ for (\d+[hms] ?)+/u
const banner = /^[\s▐▛█▜▝▘▌▙▟▀▄]*[▐▛█▜▝▘▌▙▟▀▄]{2}/u
const plainQuestion = 'Do you want to proceed?'

/** The screen without its input box and all below it, spinner, banner, and the choices and hints of a dialog. */
export function claudeCodeContentOf(screen: readonly string[]): string[] {
  const box = screen.findLastIndex(
    (line, index) => rule.test(line) && inputLine.test(screen[index + 1] ?? ''),
  )
  const shown = box === -1 ? screen : screen.slice(0, box)
  return shown.filter((line) => !isOwn(line) && !(box === -1 && option.test(line)))
}

/**
 * What the permission dialog on the screen asks for, null unless all of the dialog is there.
 *
 * The question itself, or the command where the question is the same for every command.
 */
export function claudeCodeAsks(screen: readonly string[]): string | null {
  const start = screen.findLastIndex((line) => rule.test(line))
  const dialog = start === -1 ? [] : screen.slice(start + 1)
  const first = dialog.findIndex((line) => option.test(line))
  const question = first < 1 ? '' : plainLine(dialog[first - 1] ?? '')
  if (!question.endsWith('?')) return null
  if (question !== plainQuestion) return question
  const fence = dialog.findIndex((line) => dashedRule.test(line))
  const subject = fence === -1 ? '' : plainLine(dialog[fence + 1] ?? '')
  return subject === '' || fence + 1 >= first - 1 ? question : subject
}

function isOwn(line: string): boolean {
  return [rule, dashedRule, keyHint, tip, spinner, banner].some((pattern) => pattern.test(line))
}
