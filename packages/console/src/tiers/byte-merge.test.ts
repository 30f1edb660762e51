import { expect, it } from 'vitest'
import { toBytes, toText } from '../protocol/bytes.ts'
import { seeded } from '../testing/faulty-exec.ts'
import { ByteMerge } from './byte-merge.ts'

const header = (start: number, log = 'l') => ({ epoch: 'e', log, base: 0, start, modes: '' })

it('makes one stream of answers that overlap, overtake and come twice', () => {
  const random = seeded(7)
  const log = Array.from({ length: 400 }, (_, index) => `line ${index}\n`).join('')
  const merge = new ByteMerge(header(0))
  let read = ''
  const waiting: { start: number; text: string }[] = []

  while (read.length < log.length) {
    const { offset } = merge.place
    waiting.push({ start: offset, text: log.slice(offset, offset + Math.floor(random() * 60)) })
    if (random() < 0.5) continue
    const [answer] = waiting.splice(Math.floor(random() * waiting.length), 1)
    if (answer === undefined) continue
    if (random() < 0.2) waiting.push(answer)
    const fresh = merge.add(header(answer.start), toBytes(answer.text))
    read += toText(fresh ?? toBytes('?'))
  }

  expect(read).toBe(log)
})

it('goes on where the last whole line ended', () => {
  const merge = new ByteMerge(header(10))
  merge.add(header(10), toBytes('one\ntw'))

  expect(merge.place).toEqual({ log: 'l', offset: 14 })
  expect(toText(merge.add(header(14), toBytes('two\n')) ?? toBytes('?'))).toBe('o\n')
})

it('refuses another log, and an answer that leaves something out', () => {
  const merge = new ByteMerge(header(10))

  expect(merge.add(header(10, 'other'), toBytes('x'))).toBeNull()
  expect(merge.add(header(11), toBytes('x'))).toBeNull()
})
