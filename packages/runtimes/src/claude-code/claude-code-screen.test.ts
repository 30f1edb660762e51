import { describe, expect, it } from 'vitest'
import { lastLineOf } from '../recipe/screen-text.ts'
import { claudeCodeAsks, claudeCodeContentOf } from './claude-code-screen.ts'

const rule = '─'.repeat(120)
const dashed = '╌'.repeat(120)
const box = [
  rule,
  '❯\u00a0',
  rule,
  '  ⏸ manual mode on · ? for shortcuts · ← for agents          ◐ medium · /effort',
]
const banner = [
  ' ▐▛███▛█   Claude Code v2.1.330',
  '▝▜██████▀  Opus 5.5 · API Usage Billing',
  ' ▝▝   ▝▝   ~/work',
]
const dialog = (subject: string[], question: string) => [
  '● Bash(touch ~/proof.txt; cat /etc/hostname)',
  '  ⎿ \u00a0Waiting…',
  rule,
  ' Bash command',
  ' Tip: auto mode handles these prompts for you — choose "switch to auto mode" below',
  ' Runs the command the prompt names',
  dashed,
  ...subject,
  dashed,
  ` ${question}`,
  ' ❯ 1. Yes',
  '   2. Yes, and allow access to /etc and touch ~/proof.txt commands',
  '   4. No',
  ' Esc to cancel · Tab to amend',
]
const lastLine = (screen: string[]) => lastLineOf({ contentOf: claudeCodeContentOf }, screen)

describe('the last line of the screen is never the frame', () => {
  it.each([
    ['an empty start', [...banner, ...box], null],
    [
      'a busy agent',
      ['❯ SLOW[60]', '● token-1', '  token-2', '✢ Shimmying… (1s · ↓ 35 tokens)', ...box],
      'token-2',
    ],
    ['an answer', ['● It is done.', '✻ Cogitated for 3s · done 1:34 AM', ...box], 'It is done.'],
    ['a long turn', ['● It is done.', '✻ Brewed for 1m 3s · done 1:34 AM', ...box], 'It is done.'],
    [
      'an interrupted tool',
      ['● Bash(ls)', '  ⎿ \u00a0Interrupted · What now?', ...box],
      'Interrupted · What now?',
    ],
    ['a list in an answer', ['● Two ways:', '  1. One', '  2. Other', ...box], '2. Other'],
    ['several lines being typed', ['● Done.', rule, '❯ one', '  two', rule, '  ? for shortcuts'], 'Done.'],
    ['a dialog', dialog([' touch a'], 'Do you want to proceed?'), 'Do you want to proceed?'],
  ])('%s', (_, screen, expected) => {
    expect(lastLine(screen)).toBe(expected)
  })
})

describe('what it asks stands in its dialog', () => {
  it.each([
    [
      'the command',
      dialog([' npm publish && \\', '   echo'], 'Do you want to proceed?'),
      'npm publish && \\',
    ],
    [
      'the question',
      dialog([' 1 + x'], 'Do you want to make this edit to a.ts?'),
      'Do you want to make this edit to a.ts?',
    ],
    [
      'no command in sight',
      [rule, ' Fetch', ' Do you want to proceed?', ' ❯ 1. Yes'],
      'Do you want to proceed?',
    ],
    ['only the end of a dialog', dialog([' touch a'], 'Do you want to proceed?').slice(9), null],
    ['no question', [rule, ' Pick one', ' ❯ 1. Yes'], null],
    ['no dialog', ['● Shall I?', ...box], null],
    ['nothing', [], null],
  ])('%s', (_, screen, expected) => {
    expect(claudeCodeAsks(screen)).toBe(expected)
  })
})
