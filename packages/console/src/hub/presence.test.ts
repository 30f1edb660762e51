import type { ConsoleTier } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { leftLine, releaseLine, seenLine } from '../protocol/driver-lines.ts'
import { ConsolePeople } from './console-people.ts'
import { Presence } from './presence.ts'

it('says at every look that the driver is here, where that costs nothing', () => {
  const { presence, hash } = aConsole()

  expect([presence.due('attach'), presence.due('attach')]).toEqual([
    [seenLine(hash, 'x', 0)],
    [seenLine(hash, 'x', 0)],
  ])
})

it.each(['stream', 'poll'] as const)('says it for longer and less often by %s', (tier: ConsoleTier) => {
  const { presence, hash, pass } = aConsole()

  expect(presence.due(tier)).toEqual([seenLine(hash, 'x', 26)])
  pass(7000)
  expect([presence.due(tier), presence.along()]).toEqual([[], []])
  pass(13_000)
  expect(presence.along()).toEqual([seenLine(hash, 'x', 26)])
})

it('says once that the driver has left, and lets it go for others who watch', () => {
  const { presence, hash, leave, people, pass } = aConsole()
  presence.due('stream')
  leave()
  pass(7500)

  expect(presence.due('stream')).toEqual([leftLine(hash, 'x', 7)])
  pass(30_000)
  expect(presence.due('stream')).toEqual([])
  people.enter('other', undefined)
  expect(presence.due('stream')).toEqual([releaseLine])
})

function aConsole() {
  let now = 0
  const timers = { now: () => now, after: () => () => undefined }
  const people = new ConsolePeople(timers)
  const { hash } = people.claimant('one')
  const leave = people.enter('one', undefined)
  const presence = new Presence(timers, people, () => hash, 'x')
  const pass = (ms: number) => {
    now += ms
  }
  return { presence, people, hash, leave, pass }
}
