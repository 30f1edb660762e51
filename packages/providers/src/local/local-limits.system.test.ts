import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecord } from './machine-record.ts'
import { aLocalPlace } from './testing/local-fixture.ts'

const place = await aLocalPlace()
const { capabilities } = await place.provider().probe()
await place.remove()

describe.runIf(capabilities.limits.cpu)('the processor time of a local machine', () => {
  it('is held back by its cgroup in most periods, and only there', async () => {
    const place = await aLocalPlace()
    const provider = place.provider()
    const [held, free] = [{ cpus: 0.1 }, { cpus: 64 }]
    await provider.provision({ machineId: 'held', spec: held, env: {} })
    await provider.provision({ machineId: 'free', spec: free, env: {} })
    const burn = { script: 'while :; do :; done >/dev/null 2>&1 </dev/null &' }
    for (const id of ['held', 'free']) await provider.exec({ machineId: id, ref: id }, burn)

    await expect.poll(async () => (await periodsOf(place.dataDirectory, 'held')).all).toBeGreaterThan(10)
    const [slow, fast] = [
      await periodsOf(place.dataDirectory, 'held'),
      await periodsOf(place.dataDirectory, 'free'),
    ]

    expect(slow.throttled / slow.all).toBeGreaterThan(0.5)
    expect(fast.throttled).toBe(0)
    for (const id of ['held', 'free']) await provider.destroy({ machineId: id, ref: id })
    await place.remove()
  })
})

/** Scheduling periods in which the machine ran, and in which it had to wait for the next one. */
async function periodsOf(data: string, machineId: string): Promise<{ all: number; throttled: number }> {
  const record = readRecord(join(data, 'machines', machineId, 'machine.json'))
  const cgroup = record?.cgroups.find(({ roles }) => roles.includes('cpu'))
  const text = await readFile(join(cgroup?.directory ?? '', 'cpu.stat'), 'utf8')
  const numberOf = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
  return { all: numberOf('nr_periods'), throttled: numberOf('nr_throttled') }
}
