import type { ConsoleConnection, ConsoleStats } from '@agent-machines/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ConsoleStatus, watchConnection } from './console-status.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('watchConnection', () => {
  it('changes nothing while keys come and go, and tells the last counts a quarter second later', () => {
    const { inFlight, changes } = watched()
    inFlight(1)
    inFlight(0)
    inFlight(1)
    inFlight(0)
    vi.advanceTimersByTime(249)
    expect(changes).toEqual([])

    vi.advanceTimersByTime(1)
    expect(changes).toEqual([{ keys: 0, slow: false }])
  })

  it('calls it slow when keys were in flight for a quarter second without a pause', () => {
    const { inFlight, changes } = watched()
    inFlight(1)
    inFlight(2)
    vi.advanceTimersByTime(250)
    inFlight(0)
    inFlight(1)
    vi.advanceTimersByTime(250)
    vi.advanceTimersByTime(250)

    expect(changes).toEqual([
      { keys: 2, slow: true },
      { keys: 1, slow: false },
      { keys: 1, slow: true },
    ])
  })

  it('goes on telling until nothing is in flight', () => {
    const { inFlight, changes } = watched()
    inFlight(1)
    vi.advanceTimersByTime(500)
    inFlight(0)
    vi.advanceTimersByTime(5000)

    expect(changes).toEqual([
      { keys: 1, slow: true },
      { keys: 1, slow: true },
      { keys: 0, slow: false },
    ])
  })

  it('says at once that all was taken', () => {
    const { inFlight, taken } = watched()
    inFlight(0)
    inFlight(2)
    inFlight(1)
    expect(taken).not.toHaveBeenCalled()

    inFlight(0)
    expect(taken).toHaveBeenCalledTimes(1)
  })
})

function watched() {
  let listener: (stats: ConsoleStats) => void = () => undefined
  const connection = {
    on: (name: string, given: (stats: ConsoleStats) => void) => {
      if (name === 'stats') listener = given
      return () => undefined
    },
  } as unknown as ConsoleConnection
  const changes: { keys: number | undefined; slow: boolean | undefined }[] = []
  const change = ({ stats, slow }: Partial<ConsoleStatus>) =>
    changes.push({ keys: stats?.keysInFlight, slow })
  const taken = vi.fn()
  watchConnection(connection, { change, taken })
  return {
    inFlight: (keysInFlight: number) => listener({ echoMs: null, roundTripMs: null, keysInFlight }),
    changes,
    taken,
  }
}
