import { expect, it } from 'vitest'
import { detailOf, lastLineOf } from './screen-text.ts'

const lastLine = (...screen: string[]) => lastLineOf({ contentOf: (lines) => lines }, screen)

it.each([
  [['one', 'bash-5.2# '], 'bash-5.2#'],
  [['said', ' ● ', '   '], 'said'],
  [['  ⎿ \u00a0a  b\tc'], 'a b c'],
  [['- an item'], '- an item'],
  [[], null],
  [['x'.repeat(201)], `${'x'.repeat(199)}…`],
  [['🙂'.repeat(200)], '🙂'.repeat(200)],
])('the last line of %j', (screen, expected) => {
  expect(lastLine(...screen)).toBe(expected)
})

it.each([
  ['permission prompt', 'touch a', { detail: 'permission prompt: touch a' }],
  ['approval', null, { detail: 'approval' }],
  [null, null, {}],
  ['w', 'x'.repeat(200), { detail: `w: ${'x'.repeat(116)}…` }],
])('the detail of %s and %s', (word, asks, expected) => {
  expect(detailOf(word, asks)).toEqual(expected)
})
