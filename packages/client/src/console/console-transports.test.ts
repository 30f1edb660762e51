import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConsoleState } from './console-events.ts'
import { outputEvent } from './testing/model-console.ts'
import { aWorld, settle, text } from './testing/world.ts'

describe('a console connection over changing transports', () => {
  it('delivers every key once and in order, or gives it back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 999 })), async (draws) => {
        const world = aWorld({ sockets: true })
        const draw = () => (draws.next().value ?? 0) / 1000
        world.connection.start()

        for (let byte = 0; byte < 80; byte++) {
          world.connection.type(Uint8Array.of(byte + 32))
          if (draw() < 0.1) world.network.refusesSockets = draw() < 0.6
          if (draw() < 0.1) world.network.holdsBack = draw() < 0.6 ? 1000 : 0
          if (draw() < 0.02) world.network.restart()
          if (draw() < 0.03) world.model.takeOver('other')
          if (draw() < 0.03) world.model.driver = null
          if (draw() < 0.1) world.network.tellDriver()
          if (draw() < 0.1) world.connection.takeOver().catch(() => {})
          if (draw() < 0.05) world.network.endStreams()
          if (draw() < 0.1) world.network.emit(outputEvent('out', `o${byte}`))
          await world.shake(draw)
          if (draw() < 0.1) world.clock.advance(5000)
        }
        // Long enough for the slowest way: a stream held back, then a watchdog's time.
        await world.calm(1500)

        const { typed } = world.model
        expect(typed).toEqual([...new Set(typed)].sort((a, b) => a - b))
        const lost = world.undelivered.flatMap((each) => [...each.bytes])
        expect(new Set([...typed, ...lost]).size).toBe(80)
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  it('changes to polls where something holds the stream back, and loses no key', async () => {
    const world = aWorld()
    world.network.holdsBack = 1000
    world.connection.start()
    world.connection.type('before')
    await world.calm()
    world.connection.type('after')
    await world.calm()

    expect(text(world.model.typed)).toBe('beforeafter')
    expect(world.states.map(nameOf)).toEqual(['connecting', 'live poll'])
  })

  it('notices that the stream is held back only once it stood', async () => {
    const world = aWorld()
    const output: string[] = []
    world.connection.on('output', (bytes) => output.push(text(bytes)))
    world.connection.start()
    await world.calm()
    world.network.holdFrom(1000)

    world.connection.type('x')
    await world.calm(0)
    world.network.emit(outputEvent('x', 'o1'))
    await world.calm()

    expect(output).toEqual(['x'])
    expect(world.states.map(nameOf)).toEqual(['connecting', 'live sse', 'live poll'])
  })

  it('leaves what is held back alone for ten minutes, then finds out that it works, unnoticed', async () => {
    const world = aWorld()
    world.network.holdsBack = 1000
    world.connection.start()
    await world.calm()
    world.network.holdsBack = 0
    await world.quiet(500_000)
    const soon = world.states.map(nameOf)
    await world.quiet(200_000)
    world.connection.type('x')
    await world.calm()

    expect(soon).toEqual(['connecting', 'live poll'])
    expect(world.states.map(nameOf)).toEqual(['connecting', 'live poll', 'live sse'])
    expect(text(world.model.typed)).toBe('x')
  })

  it('stays on polls, live, while the stream is still held back', async () => {
    const world = aWorld()
    world.network.holdsBack = 1000
    world.connection.start()
    await world.quiet(3_600_000)

    expect(world.states.map(nameOf)).toEqual(['connecting', 'live poll'])
    expect(world.network.streamsOpened).toBeLessThan(5)
  })

  it('stays live while a planned end replaces the link', async () => {
    const world = aWorld({ sockets: true })
    world.connection.start()
    await world.calm()
    for (let round = 0; round < 3; round++) {
      world.connection.type(String(round))
      world.network.endStreams()
      await world.calm()
    }

    expect(world.states.map(nameOf)).toEqual(['connecting', 'live ws'])
    expect(text(world.model.typed)).toBe('012')
  })

  it('says so when the link after a planned end does not come', async () => {
    const world = aWorld()
    world.connection.start()
    await world.calm()
    world.network.endStreams()
    await settle()
    world.clock.advance(5000)

    expect(world.states.at(-1)).toMatchObject({ state: 'reconnecting', inMs: 0 })
  })

  it('grows the pause of links that bring nothing and forgets it with the first that does', async () => {
    const world = aWorld()
    const pauses = () => world.states.flatMap((each) => (each.state === 'reconnecting' ? [each.inMs] : []))
    world.connection.start()
    for (let round = 0; round < 10; round++) {
      await world.calm()
      world.network.cut()
      await settle()
    }
    const grown = pauses()
    await world.calm()
    world.network.emit(outputEvent('on', 'o1'))
    await settle()
    world.network.cut()
    await settle()

    expect(grown.at(-1)).toBeGreaterThan(5000)
    expect(pauses().at(-1)).toBeLessThan(500)
  })
})

describe('taking over', () => {
  it('keeps what is typed between the click and the answer', async () => {
    const world = aWorld()
    world.model.takeOver('other')
    world.connection.start()
    await world.calm()

    const taken = world.connection.takeOver()
    world.connection.type('early')
    await Promise.all([taken, world.calm()])

    expect(text(world.model.typed)).toBe('early')
    expect(world.undelivered).toEqual([])
  })

  it('keeps it for a viewer that becomes the driver, also one whose name has typed before', async () => {
    const world = aWorld({ watch: true })
    world.model.open({ cols: 80, rows: 24, client: 'me' })
    world.model.input({ client: 'me', seq: 1, data: btoa('x') })
    world.model.takeOver('other')
    world.connection.start()
    await world.calm()

    const taken = world.connection.takeOver()
    world.connection.type('early')
    await Promise.all([taken, world.calm()])

    expect(text(world.model.typed)).toBe('xearly')
  })

  it('gives it back when the answer is a no', async () => {
    const world = aWorld()
    world.model.takeOver('other')
    world.connection.start()
    await world.calm()

    const taken = world.connection.takeOver()
    world.connection.type('early')
    const outcome = expect(taken).rejects.toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })
    world.clock.advance(11_000)
    await outcome
    await world.calm()

    expect(world.undelivered.map(({ bytes, reason }) => [text(bytes), reason])).toEqual([
      ['early', 'not-driver'],
    ])
  })
})

it('types on, with keys of its own, when another tab has typed under the same name', async () => {
  const world = aWorld()
  world.connection.start()
  await world.calm()
  world.connection.type('a')
  await world.calm()
  for (const seq of [2, 3, 4]) world.model.input({ client: 'me', seq, data: btoa('-') })
  world.network.cut()
  world.connection.type('b')
  await world.calm()

  const lost = world.undelivered.map(({ bytes }) => text(bytes)).join('')
  expect(text(world.model.typed).replaceAll('-', '') + lost).toBe('ab')
})

describe('what a page is told', () => {
  it('gives back a paste that is too large', () => {
    const world = aWorld()
    const refusals: string[] = []
    world.connection.on('refusal', ({ kind }) => refusals.push(kind))
    world.connection.start()

    world.connection.paste('x'.repeat(1024 * 1024 + 1))

    expect(refusals).toEqual(['too-large'])
    expect(world.undelivered.map(({ reason, bytes }) => [reason, bytes.length])).toEqual([
      ['too-large', 1024 * 1024 + 1],
    ])
  })

  it('says how many keys are kept while there is no network', async () => {
    let online = true
    let changed = () => {}
    const connectivity = {
      isOnline: () => online,
      subscribe: (listener: () => void) => {
        changed = listener
        return () => {}
      },
    }
    const world = aWorld({ connectivity })
    world.connection.start()
    await world.calm()
    world.connection.type('a')
    online = false
    changed()
    const offline = world.states.at(-1)
    world.connection.type('b')
    online = true
    changed()
    await world.calm()

    expect(offline).toEqual({ state: 'offline', keptKeys: 1 })
    expect(text(world.model.typed)).toBe('ab')
  })

  it('measures the way to the worker and back', async () => {
    const world = aWorld()
    const trips: (number | null)[] = []
    world.connection.on('stats', ({ roundTripMs }) => trips.push(roundTripMs))
    world.connection.start()
    await world.calm()

    world.connection.type('x')
    world.clock.advance(40)
    await world.calm(0)

    expect(trips.at(-1)).toBe(40)
  })

  it('asks anew for a screen with more above it and stays live', async () => {
    const world = aWorld()
    const asked: unknown[] = []
    const { stream } = world.network.api
    Object.assign(world.network.api, {
      stream: (...args: Parameters<typeof stream>) => {
        asked.push([args[1]?.history, args[1]?.cursor])
        return stream(...args)
      },
    })
    world.connection.start()
    await world.calm()
    world.connection.loadHistory(9000)
    await world.calm()

    expect(asked).toEqual([
      [undefined, undefined],
      [5000, undefined],
    ])
    expect(world.states.map(nameOf)).toEqual(['connecting', 'live sse'])
  })
})

function nameOf(state: ConsoleState): string {
  return state.state === 'live' ? `live ${state.transport}` : state.state
}
