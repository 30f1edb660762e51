import type { ConsoleEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { realTimers } from '../testing/console-machine.ts'
import type { PollRequest, SessionStreamRequest } from './poll-reader.ts'
import { PollReaders } from './poll-readers.ts'

const soon = 1
const long = 20_000

describe('PollReaders', () => {
  it('begins with what a stream begins with', async () => {
    const { ask, log } = aConsole()
    log.push(output('c1'))

    expect(names(await ask({}))).toEqual(['started', 'output'])
  })

  it('answers with everything that is there, as soon as there is anything', async () => {
    const { ask, log } = aConsole()
    log.push(output('c1'))
    await ask({})
    const answer = ask({ cursor: 'c1', waitMs: long })

    log.push(output('c2'), output('c3'))

    expect(ids(await answer)).toEqual(['c2', 'c3'])
  })

  it('answers idle when nothing came in time', async () => {
    const { ask, log } = aConsole()
    log.push(output('c1'))
    await ask({})

    expect(await ask({ cursor: 'c1', waitMs: soon })).toEqual([{ event: 'idle', data: {} }])
  })

  it('keeps the stream of a reader who comes back to where it was', async () => {
    const { ask, log, opened } = aConsole()
    log.push(output('c1'))
    await ask({})
    log.push(output('c2'))
    await ask({ cursor: 'c1' })
    await ask({ cursor: 'c2', waitMs: soon })

    expect(opened.map(({ cursor }) => cursor)).toEqual([undefined])
  })

  it('tells a reader that begins anew where it was how things stand', async () => {
    const { ask, log } = aConsole()
    log.push(output('c1'))
    await ask({})

    expect(names(await ask({ cursor: 'c1', waitMs: 0 }))).toEqual(['started'])
  })

  it('reads again from the cursor of a reader who did not get the answer', async () => {
    const { ask, log, opened } = aConsole()
    log.push(output('c1'))
    await ask({})
    log.push(output('c2'))
    await ask({ cursor: 'c1' })

    expect(ids(await ask({ cursor: 'c1' }))).toEqual(['c2'])
    expect(opened.map(({ signal }) => signal.aborted)).toEqual([true, false])
  })

  it('answers a repeated question while the first still waits, and lets that one go', async () => {
    const { ask, log } = aConsole()
    log.push(output('c1'))
    await ask({})
    const first = ask({ cursor: 'c1', waitMs: long })
    const second = ask({ cursor: 'c1', waitMs: long })
    log.push(output('c2'))

    expect(ids(await second)).toEqual(['c2'])
    expect(ids(await first)).toEqual([])
  })

  it('lets viewers without a name read beside each other', async () => {
    const { ask, log } = aConsole()
    log.push(output('c1'))
    const both = [ask({ client: undefined }), ask({ client: undefined })]

    expect((await Promise.all(both)).map(ids)).toEqual([['c1'], ['c1']])
  })

  it('ends an answer that grew large and goes on with the next', async () => {
    const { ask, log } = aConsole()
    const large = 'A'.repeat(200_000)
    log.push(output('c1', large), output('c2', large), output('c3', large))

    expect(ids(await ask({}))).toEqual(['c1', 'c2'])
    expect(ids(await ask({ cursor: 'c2' }))).toEqual(['c3'])
  })

  it('rejects with what keeps the console from being read', async () => {
    const readers = new PollReaders(realTimers, () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('asleep')) }),
    }))

    await expect(readers.poll(request({}))).rejects.toThrow('asleep')
  })
})

/** A console whose log grows when told; each reader begins behind its cursor. */
function aConsole() {
  const opened: SessionStreamRequest[] = []
  const log = new Log()
  const readers = new PollReaders(realTimers, (asked) => {
    opened.push(asked)
    return log.read(asked)
  })
  return { log, opened, ask: (changes: Partial<PollRequest>) => readers.poll(request(changes)) }
}

class Log {
  readonly #events: ConsoleEvent[] = []
  readonly #waiting = new Set<() => void>()

  push(...events: ConsoleEvent[]): void {
    this.#events.push(...events)
    for (const resume of this.#waiting) resume()
  }

  async *read({ cursor, signal }: SessionStreamRequest): AsyncGenerator<ConsoleEvent> {
    yield { event: 'started', data: startedData }
    let at = this.#events.findIndex((event) => 'id' in event && event.id === cursor) + 1
    while (!signal.aborted) {
      const event = this.#events[at]
      if (event !== undefined) {
        at += 1
        yield event
      } else {
        await new Promise<void>((resolve) => {
          this.#waiting.add(resolve)
          signal.addEventListener('abort', () => resolve())
        })
      }
    }
  }
}

const startedData = {
  session: 'agent',
  epoch: 'e',
  cols: 80,
  rows: 24,
  tier: 'attach' as const,
  driver: null,
  viewers: 1,
  resumed: false,
}

function request(changes: Partial<PollRequest>): PollRequest {
  const { signal } = new AbortController()
  return {
    machineId: 'm',
    session: 'agent',
    client: 'c',
    cursor: undefined,
    waitMs: 1000,
    signal,
    ...changes,
  }
}

function output(id: string, data = 'aGk='): ConsoleEvent {
  return { event: 'output', id, data: { data } }
}

function ids(events: ConsoleEvent[]): string[] {
  return events.flatMap((event) => ('id' in event ? [event.id] : []))
}

function names(events: ConsoleEvent[]): string[] {
  return events.map(({ event }) => event)
}
