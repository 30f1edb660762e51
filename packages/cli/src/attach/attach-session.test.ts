import { type ConsoleApi, createClient } from '@agent-machines/client'
import { AgentMachinesError } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { attachSession } from './attach-session.ts'
import type { LocalTerminal } from './local-terminal.ts'

describe('attaching', () => {
  it('gives the terminal back when it is told to stop', async () => {
    const world = aWorld(() => new Promise(() => {}))
    const stop = new AbortController()

    const session = attachSession(world.terminal, world.options, stop.signal)
    stop.abort()

    expect(await session).toEqual({ reason: 'stopped' })
    expect(world.isRestored()).toBe(true)
  })

  it('gives the terminal back when the console cannot be opened', async () => {
    const world = aWorld(() => Promise.reject(new AgentMachinesError('MACHINE_ASLEEP')))

    const outcome = await attachSession(world.terminal, world.options, new AbortController().signal)

    expect(outcome).toMatchObject({ reason: 'asleep', error: { code: 'MACHINE_ASLEEP' } })
    expect(world.isRestored()).toBe(true)
  })

  it('detaches at Ctrl-]', async () => {
    const world = aWorld(() => new Promise(() => {}))

    const session = attachSession(world.terminal, world.options, new AbortController().signal)
    world.press('\x1d')

    expect(await session).toEqual({ reason: 'detached' })
    expect(world.isRestored()).toBe(true)
  })
})

function aWorld(open: ConsoleApi['open']) {
  const written: string[] = []
  const held: { input: ((bytes: Uint8Array) => void) | null } = { input: null }
  const terminal: LocalTerminal = {
    cols: 80,
    rows: 24,
    write: (bytes) => {
      written.push(Buffer.from(bytes).toString())
    },
    capture: ({ input }) => {
      held.input = input
      return {
        release: () => {
          held.input = null
        },
      }
    },
  }
  const { console } = createClient({ baseUrl: 'http://nowhere' })
  return {
    terminal,
    options: { api: { ...console, open }, machineId: 'm1' },
    press: (keys: string) => held.input?.(Buffer.from(keys)),
    isRestored: () => held.input === null && (written.at(-1) ?? '').includes('\x1b[?25h'),
  }
}
