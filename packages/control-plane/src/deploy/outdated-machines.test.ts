import { AgentMachinesError } from '@agent-machines/core'
import { expect, it } from 'vitest'
import type { MachineRow } from '../store/machine-store.ts'
import { setUpOutdated } from './outdated-machines.ts'

it('sets those up again that would ask for models otherwise by now, and no others', async () => {
  const now: Record<string, string | null> = { same: 'a', changed: 'b', older: 'a', shell: null }
  const rows = [
    aRow('same', 'a'),
    aRow('changed', 'a'),
    aRow('older', null),
    aRow('shell', null),
    aRow('without-its-key', 'a'),
  ]
  const setUp: string[] = []

  await setUpOutdated({
    machines: { listInStates: async () => rows, setUpAgain: async (id) => void setUp.push(id) },
    bootstraps: {
      async modelAccessOf({ id }) {
        const access = now[id]
        if (access === undefined) throw new AgentMachinesError('GATE_BLOCKED', 'no key')
        return access
      },
    },
  })

  expect(setUp).toEqual(['changed', 'older'])
})

function aRow(id: string, modelAccess: string | null): MachineRow {
  return { id, modelAccess } as MachineRow
}
