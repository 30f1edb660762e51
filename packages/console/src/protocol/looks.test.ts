import { expect, it } from 'vitest'
import { Looks } from './looks.ts'

it.each([
  ['\x1b[1;31m', '\x1b[1;31m'],
  ['\x1b[1;31m\x1b[0m', ''],
  ['\x1b[31m\x1b[m', ''],
  ['\x1b[1;2;3m\x1b[22m', '\x1b[3m'],
  ['\x1b[38;5;208mx\x1b[48;2;1;2;3;4m', '\x1b[38;5;208;48;2;1;2;3;4m'],
  ['\x1b[38;5;208;1m\x1b[92m', '\x1b[92;1m'],
  ['\x1b[4:3;58:2::255:0:0m\x1b[24m', '\x1b[58:2::255:0:0m'],
  ['\x1b[4:3m\x1b[4:0m', ''],
  ['\x1b[53;7m\x1b[55;27m', ''],
  ['\x1b[44m\x1b[49m\x1b[39m', ''],
])('sums %j up as %j', (sequences, looks) => {
  expect(Looks.after(sequences).toString()).toBe(looks)
})

it('stays short however many sequences come', () => {
  const many = Array.from({ length: 1000 }, (_, n) => `\x1b[48;2;${n % 256};0;0m `).join('')

  expect(Looks.after(many).toString()).toBe('\x1b[48;2;231;0;0m')
  expect(Looks.after(many).hasBackground).toBe(true)
})
