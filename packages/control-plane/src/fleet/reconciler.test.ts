import { AgentMachinesError, type MachineState } from '@agent-machines/core'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import type { MachinePatch, MachineRow } from '../store/machine-store.ts'
import type { MachineTarget } from '../store/schema.ts'
import { Reconciler, type StepRunner } from './reconciler.ts'

describe('Reconciler', () => {
  it('takes a machine through its steps to its target', async () => {
    const { reconciler, row } = aReconciler({ state: 'provisioning', target: 'ready' })

    reconciler.kick('m1')

    await vi.waitFor(() => expect(row.state).toBe('ready'))
    await reconciler.stop()
  })

  it('cuts a step off when the machine shall be destroyed, and destroys it', async () => {
    let begun = false
    let interrupted = false
    const { reconciler, row } = aReconciler(
      { state: 'bootstrapping', target: 'ready' },
      {
        bootstrap: (_row, signal) =>
          new Promise((_, reject) => {
            begun = true
            signal.addEventListener('abort', () => {
              interrupted = true
              reject(signal.reason)
            })
          }),
      },
    )
    reconciler.kick('m1')

    await vi.waitFor(() => expect(begun).toBe(true))
    Object.assign(row, { target: 'destroyed', state: 'destroying' })
    reconciler.kick('m1')

    await vi.waitFor(() => expect(interrupted).toBe(true))
    await vi.waitFor(() => expect(row.state).toBe('destroyed'))
    await reconciler.stop()
  })

  it('fails a machine with the reason when trying again cannot help', async () => {
    const { reconciler, row } = aReconciler(
      { state: 'provisioning', target: 'ready' },
      { provision: () => Promise.reject(new AgentMachinesError('SUBSTRATE_AUTH', 'The key is wrong.')) },
    )

    reconciler.kick('m1')

    await vi.waitFor(() => expect(row.state).toBe('failed'))
    expect(row).toMatchObject({ stateReason: 'SUBSTRATE_AUTH', stateDetail: 'The key is wrong.' })
    await reconciler.stop()
  })

  it('does one step of a machine at a time, however often it is kicked', async () => {
    let running = 0
    let most = 0
    const { reconciler, row } = aReconciler(
      { state: 'provisioning', target: 'ready' },
      {
        provision: async () => {
          most = Math.max(most, ++running)
          await new Promise((resolve) => setImmediate(resolve))
          running--
          return { state: 'bootstrapping' }
        },
      },
    )

    for (let i = 0; i < 20; i++) reconciler.kick('m1')

    await vi.waitFor(() => expect(row.state).toBe('ready'))
    expect(most).toBe(1)
    await reconciler.stop()
  })
})

interface Row {
  state: MachineState
  target: MachineTarget
  stateReason?: string | null
  stateDetail?: string | null
}

function aReconciler(row: Row, steps: Partial<Record<string, StepRunner>> = {}) {
  const becomes =
    (state: MachineState): StepRunner =>
    () =>
      Promise.resolve({ state })
  const machines = {
    get: () => Promise.resolve({ id: 'm1', ...row } as MachineRow),
    update: (_id: string, patch: MachinePatch, expected?: readonly MachineState[]) => {
      if (expected && !expected.includes(row.state)) return Promise.resolve(undefined)
      Object.assign(row, patch)
      return Promise.resolve({ id: 'm1', ...row } as MachineRow)
    },
    listForReconcile: () => Promise.resolve([]),
  }
  const locks = {
    tryMachineLock: async <T>(_id: string, work: (signal: AbortSignal) => Promise<T>) => ({
      acquired: true as const,
      value: await work(new AbortController().signal),
    }),
  }
  const all = {
    provision: becomes('bootstrapping'),
    bootstrap: becomes('ready'),
    wake: becomes('ready'),
    sleep: becomes('asleep'),
    destroy: becomes('destroyed'),
    ...steps,
  }
  return { row, reconciler: new Reconciler({ machines, locks, steps: all, log: pino({ level: 'silent' }) }) }
}
