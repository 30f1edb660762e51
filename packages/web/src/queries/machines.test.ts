import type { MachineState } from '@agent-machines/core'
import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { aMachine } from '../testing/a-machine.ts'
import { newest, putMachine, withNews } from './machines.ts'

const at = (second: number, state: MachineState, id = 'm_1') =>
  aMachine({ id, state, updatedAt: `2026-01-01T12:00:0${second}.000Z` })

describe('what is known of a machine', () => {
  it('is what was written last, whichever way it came', () => {
    expect(newest(at(1, 'waking'), at(2, 'ready')).state).toBe('ready')
    expect(newest(at(2, 'ready'), at(1, 'waking')).state).toBe('ready')
    expect(newest(at(1, 'ready'), at(1, 'waking')).state).toBe('ready')
    expect(newest(at(1, 'ready'), undefined).state).toBe('ready')
  })

  it('stays when an older answer arrives after a newer event', () => {
    const queryClient = new QueryClient()
    queryClient.setQueryData(['machines'], [at(0, 'asleep')])

    putMachine(queryClient, at(2, 'ready'))
    putMachine(queryClient, at(1, 'waking'))

    expect(queryClient.getQueryData(['machines'])).toMatchObject([{ state: 'ready' }])
    expect(queryClient.getQueryData(['machine', 'm_1'])).toMatchObject({ state: 'ready' })
  })
})

describe('withNews', () => {
  it('leaves out what is gone and adds what is new since the list was asked for', () => {
    const read = [at(1, 'ready', 'kept'), at(1, 'ready', 'removed'), at(2, 'destroyed', 'over')]
    const news = new Map([
      ['removed', null],
      ['made', at(2, 'provisioning', 'made')],
      ['destroyed', at(2, 'destroyed', 'destroyed')],
    ])

    expect(withNews(read, news).map(({ id, state }) => `${id} ${state}`)).toEqual([
      'made provisioning',
      'kept ready',
    ])
  })
})
