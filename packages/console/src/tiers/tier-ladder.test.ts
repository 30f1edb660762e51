import { expect, it } from 'vitest'
import { TierLadder } from './tier-ladder.ts'

const exec = { exec: never, streamExec: never, attach: never }

it('gives a tier up after three failures in a row that took a while', () => {
  const { ladder, pass } = aLadder()
  ladder.failed(false)
  ladder.failed(false)
  pass(1000)
  ladder.failed(false)
  expect(ladder.current).toBe('attach')

  pass(600)
  ladder.failed(false)
  expect(ladder.current).toBe('stream')
})

it('begins to count again whenever the tier stood', () => {
  const { ladder, pass } = aLadder()
  ladder.failed(false)
  ladder.failed(false)
  ladder.stood()
  pass(5000)
  ladder.failed(false)
  ladder.failed(false)

  expect(ladder.current).toBe('attach')
})

it('gives a tier up at once where the substrate refuses it', () => {
  const { ladder } = aLadder()
  ladder.failed(true)

  expect(ladder.current).toBe('stream')
})

it('comes back to the best when none works', () => {
  const { ladder } = aLadder()
  ladder.failed(true)
  ladder.failed(false)
  expect([ladder.current, ladder.isLowest]).toEqual(['poll', true])
  ladder.failed(false)

  expect(ladder.current).toBe('attach')
})

it('waits longer each time before it tries a better tier that then fails', () => {
  const { ladder } = aLadder()
  ladder.failed(true)
  ladder.stood()
  expect([ladder.raiseMs, ladder.better]).toEqual([60_000, ['attach']])
  ladder.raise('attach')
  ladder.failed(false)
  ladder.stood()
  expect([ladder.raiseMs, ladder.current]).toEqual([120_000, 'stream'])
  ladder.raise('attach')
  ladder.stood()

  expect([ladder.raiseMs, ladder.current]).toEqual([60_000, 'attach'])
})

it('knows what a substrate offers', () => {
  const timers = { now: () => 0, after: () => () => undefined }

  expect(new TierLadder({ exec: never }, timers).current).toBe('poll')
  expect(new TierLadder({ exec: never, streamExec: never }, timers).current).toBe('stream')
})

function aLadder() {
  let now = 0
  const ladder = new TierLadder(exec, { now: () => now, after: () => () => undefined })
  const pass = (ms: number) => {
    now += ms
  }
  return { ladder, pass }
}

function never(): never {
  throw new Error('nothing is run')
}
