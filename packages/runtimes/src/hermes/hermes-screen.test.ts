import { expect, it } from 'vitest'
import { lastLineOf } from '../recipe/screen-text.ts'
import { hermesContentOf } from './hermes-screen.ts'

const rule = '────────────────────────────────────────'
const below = [' ⚕ gpt-test │ 10/256K │ [░░░░░░░░░░] 0% │ 10s │ ⏱ 0s', rule, '❯', rule]
const lastLine = (screen: string[]) => lastLineOf({ contentOf: hermesContentOf }, screen)

it.each([
  [
    'an answer',
    [rule, '● ls', '╭─ ⚕ Hermes ────────', '    a.ts', '╰────────────────────', ...below],
    'a.ts',
  ],
  ['an answer that has just begun', [rule, '● ls', '╭─ ⚕ Hermes ────────', ...below], 'ls'],
  ['a refusal', ['⚠ Approval: rm -rf made → denied', ...below], '⚠ Approval: rm -rf made → denied'],
  ['no prompt yet', ['Welcome to Hermes Agent!', rule], 'Welcome to Hermes Agent!'],
])('the last line of the screen is never the frame: %s', (_, screen, expected) => {
  expect(lastLine(screen)).toBe(expected)
})
