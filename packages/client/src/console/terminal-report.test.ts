import { describe, expect, it } from 'vitest'
import { isTerminalReport } from './terminal-report.ts'

describe('isTerminalReport', () => {
  it.each([
    ['focus in', '\x1b[I', true],
    ['focus out', '\x1b[O', true],
    ['focus out and in', '\x1b[O\x1b[I', true],
    ['a press of the mouse', '\x1b[<0;12;7M', true],
    ['its release', '\x1b[<0;12;7m', true],
    ['the mouse in the old encoding', '\x1b[M !!', true],
    ['a letter', 'a', false],
    ['Escape', '\x1b', false],
    ['an arrow', '\x1b[A', false],
    ['Delete', '\x1b[3~', false],
    ['Alt with a letter', '\x1bO', false],
    ['a report with a key after it', '\x1b[Ia', false],
  ])('%s', (_, data, isReport) => {
    expect(isTerminalReport(new TextEncoder().encode(data))).toBe(isReport)
  })
})
