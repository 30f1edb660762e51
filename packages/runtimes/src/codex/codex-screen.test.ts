import { describe, expect, it } from 'vitest'
import { lastLineOf } from '../recipe/screen-text.ts'
import { codexAsks, codexContentOf } from './codex-screen.ts'

const box = [
  '› Ask Codex to do anything',
  '  GPT-6.1-Sol default · ~/work',
  '  ← for agents · ? for shortcuts',
]
const dialog = (question: string, command: string[]) => [
  question,
  ...command,
  '› 1. Yes, proceed (y)',
  "  2. Yes, and don't ask again for this",
  '     command in this session?',
  '  3. No, and tell Codex what to do differently (esc)',
  '  Press enter to confirm or esc to cancel',
]
const run = '  Would you like to run the following command?'
const lastLine = (screen: string[]) => lastLineOf({ contentOf: codexContentOf }, screen)

describe('the last line of the screen is never the frame', () => {
  it.each([
    ['an answer', ['• The command printed:', '  proof', '  Worked for 3s • 01:35', ...box], 'proof'],
    ['a busy agent', ['• Ran ls', '  └ a.ts', '• Working (3s • esc to interrupt)', ...box], 'a.ts'],
    ['a dialog', dialog(run, ['  $ touch a']), '$ touch a'],
    ['an empty start', ['  >_ OpenAI Codex (v0.169.0)', '  Tip: Try it.', ...box], null],
  ])('%s', (_, screen, expected) => {
    expect(lastLine(screen)).toBe(expected)
  })
})

describe('what it asks stands in its dialog', () => {
  it.each([
    ['the command', dialog(run, ['  Reason: it is needed', '  $ npm publish']), 'npm publish'],
    [
      'the question',
      dialog('  Would you like to make the following edits?', []),
      'Would you like to make the following edits?',
    ],
    ['no dialog', ['• Shall I?', ...box], null],
    ['a list without a choice', ['• Which?', '  1. One', '  2. Two', ...box], null],
    ['only the end of a dialog', dialog(run, []).slice(1, 2), null],
  ])('%s', (_, screen, expected) => {
    expect(codexAsks(screen)).toBe(expected)
  })
})
