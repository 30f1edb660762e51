import { AgentMachinesError } from '@agent-machines/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConsoleSocket } from './socket-link.ts'
import { outputEvent } from './testing/model-console.ts'
import { aWorld, settle, text } from './testing/world.ts'

describe('a console connection', () => {
  it('types every byte once and in order over a network that cuts, repeats and reorders', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.nat({ max: 999 })),
        async (bytes, draws) => {
          const world = aWorld()
          world.connection.start()
          const draw = () => (draws.next().value ?? 0) / 1000

          for (const byte of bytes) {
            world.connection.type(Uint8Array.of(byte))
            await world.shake(draw)
          }
          await world.calm()

          expect(world.model.typed).toEqual([...bytes])
          expect(world.undelivered).toEqual([])
        },
      ),
      { numRuns: 150 },
    )
  }, 60_000)

  it('never types again what a restarted console may not get, and never reorders what it does get', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 999 })), async (draws) => {
        const world = aWorld()
        world.connection.start()
        const draw = () => (draws.next().value ?? 0) / 1000

        for (let byte = 0; byte < 100; byte++) {
          world.connection.type(Uint8Array.of(byte + 32))
          if (draw() < 0.03) world.network.restart()
          await world.shake(draw)
        }
        await world.calm()

        const { typed } = world.model
        expect(typed).toEqual([...new Set(typed)].sort((a, b) => a - b))
        const lost = world.undelivered.flatMap((each) => [...each.bytes])
        expect(new Set([...typed, ...lost]).size).toBe(100)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('never both types and gives back a key, whoever takes over and when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.infiniteStream(fc.nat({ max: 999 })), async (sockets, draws) => {
        const world = aWorld({ sockets })
        world.connection.start()
        await world.calm()
        const draw = () => (draws.next().value ?? 0) / 1000

        for (let byte = 0; byte < 100; byte++) {
          world.connection.type(Uint8Array.of(byte + 32))
          if (draw() < 0.1) world.model.takeOver('other')
          if (draw() < 0.1) world.connection.takeOver().catch(() => undefined)
          await world.shake(draw)
        }
        await world.calm()

        const { typed } = world.model
        const lost = world.undelivered.flatMap((each) => [...each.bytes])
        expect(typed).toEqual([...new Set(typed)].sort((a, b) => a - b))
        expect(typed.filter((byte) => lost.includes(byte))).toEqual([])
        expect(new Set([...typed, ...lost]).size).toBe(100)
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  it('keeps Enter in a batch of its own, also when it has to wait', async () => {
    const world = aWorld()
    world.connection.start()

    for (const key of 'hello world') world.connection.type(key)
    world.connection.type('\r')
    world.connection.type('x')
    await world.calm()

    const batches = world.model.seen.map((input) => atob(input.data))
    expect(batches).toEqual(['hello world', '\r', 'x'])
  })

  it('gives back what is typed while somebody else drives, and types again after taking over', async () => {
    const world = aWorld()
    world.model.takeOver('other')
    world.connection.start()
    await world.calm()

    world.connection.type('lost')
    await Promise.all([world.connection.takeOver(), world.calm()])
    world.connection.type('kept')
    await world.calm()

    expect(world.undelivered.map((each) => each.reason)).toEqual(['not-driver'])
    expect(text(world.model.typed)).toBe('kept')
  })

  it('goes on with the right number after a driver who came unnoticed refused its keys', async () => {
    const world = aWorld()
    world.connection.start()
    await world.calm()
    world.connection.type('a')
    await world.calm()

    world.model.takeOver('other')
    world.connection.type('b')
    world.connection.type('c')
    await world.calm()
    await Promise.all([world.connection.takeOver(), world.calm()])
    world.connection.type('d')
    await world.calm()

    expect(text(world.model.typed)).toBe('ad')
    expect(world.undelivered.map((each) => text(each.bytes)).join('')).toBe('bc')
  })

  it('asks what was typed of its unanswered keys before it goes on under another name', async () => {
    const world = aWorld()
    world.connection.start()
    await world.calm()
    world.network.holdFrom(100)

    world.connection.type('a')
    world.connection.type('b')
    await arrives(world, 0)
    world.model.takeOver('other')
    await arrives(world, 0.25)
    await arrives(world, 0.999)
    world.network.cut()
    world.network.holdFrom(0)
    await Promise.all([world.connection.takeOver(), world.calm()])
    world.connection.type('c')
    await world.calm()

    expect(text(world.model.typed)).toBe('ac')
    expect(world.undelivered.map((each) => text(each.bytes))).toEqual(['b'])
  })

  it('keeps its keys while the machine has no room, and sends them once it has', async () => {
    const world = aWorld()
    const { input } = world.network.api
    let isFull = true
    Object.assign(world.network.api, {
      input: (...args: Parameters<typeof input>) =>
        isFull ? Promise.reject(new AgentMachinesError('SUBSTRATE_QUOTA')) : input(...args),
    })
    world.connection.start()
    await world.calm()

    world.connection.type('kept')
    await settle()
    const whileFull = world.states.at(-1)
    isFull = false
    await world.calm()

    expect(whileFull).toMatchObject({ state: 'reconnecting', keptKeys: 1 })
    expect(world.undelivered).toEqual([])
    expect(text(world.model.typed)).toBe('kept')
  })

  it('notices a silent stream, and a computer that slept', async () => {
    const world = aWorld()
    world.connection.start()
    await world.calm()

    for (let second = 0; second < 50; second += 5) world.clock.advance(5000)
    const afterSilence = world.states.at(-1)
    await world.calm()
    world.clock.leap(3_600_000)
    const afterSleep = world.states.at(-1)
    await world.calm()

    expect(afterSilence?.state).toBe('reconnecting')
    expect(afterSleep).toMatchObject({ state: 'reconnecting', inMs: 0 })
    expect(world.states.at(-1)?.state).toBe('live')
  })

  it('resumes behind the last event it saw', async () => {
    const world = aWorld()
    const cursors: (string | undefined)[] = []
    const { stream } = world.network.api
    Object.assign(world.network.api, {
      stream: (...args: Parameters<typeof stream>) => {
        cursors.push(args[1]?.cursor)
        return stream(...args)
      },
    })
    world.connection.start()
    await world.calm()

    world.network.emit(outputEvent('hi', 'cursor-7'))
    await settle()
    world.network.cut()
    await world.calm()

    expect(cursors).toEqual([undefined, 'cursor-7'])
  })

  it('stops where the server says that nothing will come', async () => {
    const world = aWorld()
    world.connection.start()
    await world.calm()

    world.network.emit({ event: 'end', data: { reason: 'asleep', retry: false } })
    await settle()
    world.connection.type('x')

    expect(world.states.at(-1)).toEqual({ state: 'ended', reason: 'asleep' })
    expect(world.undelivered.map((each) => each.reason)).toEqual(['ended'])
  })

  it('falls back to requests after the socket failed twice', async () => {
    let sockets = 0
    const createSocket = (): ConsoleSocket => {
      sockets += 1
      return failingSocket()
    }
    const world = aWorld({ createSocket })
    world.connection.start()

    await world.calm()
    world.connection.type('x')
    await world.calm()

    expect(sockets).toBe(2)
    expect(world.states.at(-1)).toEqual({ state: 'live', transport: 'sse' })
    expect(text(world.model.typed)).toBe('x')
  })

  it('measures from the key to the first output after its acknowledgement', async () => {
    const world = aWorld()
    const echoes: (number | null)[] = []
    world.connection.on('stats', (stats) => echoes.push(stats.echoMs))
    world.connection.start()
    await world.calm()

    world.connection.type('x')
    world.clock.advance(30)
    await world.calm(0)
    world.network.emit(outputEvent('x', '1'))
    await settle()

    expect(echoes.at(-1)).toBe(30)
  })

  it('measures no key that was typed before it was live, and no report of the terminal', async () => {
    const world = aWorld()
    const stats: { echoMs: number | null; keysInFlight: number }[] = []
    world.connection.on('stats', (each) => stats.push(each))
    world.connection.type('early')
    world.clock.advance(400)
    world.connection.start()
    await world.calm()
    world.network.emit(outputEvent('early', '1'))
    await settle()

    world.connection.type('\x1b[I')
    expect(stats.at(-1)?.keysInFlight).toBe(0)
    world.clock.advance(400)
    await world.calm(0)
    world.network.emit(outputEvent('banner', '2'))
    await settle()

    expect(text(world.model.typed)).toBe('early\x1b[I')
    expect(stats.at(-1)?.echoMs).toBeNull()
  })

  it('sets the size as the driver only, once for a burst', async () => {
    const world = aWorld()
    world.connection.start()
    await world.calm()

    world.connection.resize(100, 30)
    world.connection.resize(120, 40)
    await world.calm()

    expect(world.model.sizes).toEqual(['120x40'])
  })

  it('says why it cannot be opened', async () => {
    const world = aWorld()
    Object.assign(world.network.api, {
      open: () => Promise.reject(new AgentMachinesError('MACHINE_ASLEEP')),
    })
    world.connection.start()
    await settle()

    expect(world.states.at(-1)).toMatchObject({ state: 'ended', reason: 'asleep' })
  })
})

async function arrives({ network }: ReturnType<typeof aWorld>, draw: number): Promise<void> {
  network.step(draw)
  await settle()
}

function failingSocket(): ConsoleSocket {
  const closers: ((event: { code: number }) => void)[] = []
  queueMicrotask(() => {
    for (const close of closers) close({ code: 1006 })
  })
  return {
    send: () => {},
    close: () => {},
    addEventListener: (type: string, listener: (event: never) => void) => {
      if (type === 'close') closers.push(listener as (event: { code: number }) => void)
    },
  }
}
