import { describe, expect, it } from 'vitest'
import { lastLineOf } from '../recipe/screen-text.ts'
import { openCodeContentOf } from './opencode-screen.ts'

const banner = ['█▀▀█  OpenCode', '█  █  ~/work', '▀▀▀▀']
const bar = ' BUILD                                     15 · ctrl+p cmd'
const busyBar = ' BUILD  ■■■■■■⬝⬝ esc interrupt              15 · ctrl+p cmd'
const answered = ['› say it', 'hello there', 'second', '▣ Build · some/gpt-test · 1.5s']
const dialog = [
  '$ echo one; echo two > f',
  '  △ Permission required',
  '   # Shell command',
  '  $ echo one; echo two > f',
  '   Allow once   Allow always   Reject               ⇆ select  enter confirm  esc reject',
]

describe('the last line of the screen is never the frame', () => {
  it.each([
    // The CLI's own suggestion.
    ['an empty start', [...banner, 'Ask anything... "Fix a TODO in the codebase"', bar], null],
    ['an answer', [...banner, ...answered, bar], 'second'],
    ['what a person types', [...answered, 'TOOLCALL[rm', '-rf /]', bar], 'second'],
    ['a busy agent', [...answered, '› go on', 'token-1', busyBar], 'token-1'],
    ['an agent about to be interrupted', ['token-1', busyBar.replace('esc', 'esc again to')], 'token-1'],
    ['a dialog', [...answered, ...dialog], '$ echo one; echo two > f'],
    [
      'a dialog about a refusal',
      ['said', '  △ Reject permission', '  Tell OpenCode what to do', '  enter confirm  esc cancel'],
      'said',
    ],
    [
      'a refused key',
      ['› ask', 'Scripted error 401', '▣ Build · m · 319ms', 'Scripted error 401', bar],
      'Scripted error 401',
    ],
    [
      'an agent that left',
      ['said', ...answered.slice(-1), '█▀▀█  Session  A title', '█  █  Continue'],
      'said',
    ],
  ])('%s', (_, screen, expected) => {
    expect(lastLineOf({ contentOf: openCodeContentOf }, screen)).toBe(expected)
  })
})
