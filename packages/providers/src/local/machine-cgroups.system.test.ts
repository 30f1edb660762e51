import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { areFrozen, endCgroups, freeze, joinFilesOf, makeCgroups, thaw } from './machine-cgroups.ts'
import type { MachineCgroup } from './machine-record.ts'
import { joinThenExec } from './sandbox-entry.ts'

const name = `agent-machines/test-${process.pid}/one`
const freezers: MachineCgroup[] = [
  { version: 1, directory: `/sys/fs/cgroup/freezer/${name}`, roles: ['freeze'] },
  { version: 2, directory: `/sys/fs/cgroup/unified/${name}`, roles: ['freeze'] },
  { version: 2, directory: `/sys/fs/cgroup/${name}`, roles: ['freeze'] },
]
const there = freezers.filter(({ version, directory }) => {
  const mount = directory.slice(0, -name.length - 1)
  return existsSync(`${mount}/${version === 1 ? 'tasks' : 'cgroup.controllers'}`)
})

describe.runIf(process.getuid?.() === 0 && there.length > 0)('the freezer of a machine', () => {
  it.each(there)('of version $version holds processes, and they end while held', async (cgroup) => {
    const cgroups = [cgroup]
    await makeCgroups(cgroups, {})
    const count = ['/bin/sh', '-c', 'while :; do :; done']
    const argv = ['-c', joinThenExec, 'sh', ...joinFilesOf(cgroups), '--', ...count]
    const child = spawn('/bin/sh', argv, { stdio: 'ignore' })
    const exited = once(child, 'exit')
    await expect.poll(() => readFileSync(`${cgroup.directory}/cgroup.procs`, 'utf8')).toBe(`${child.pid}\n`)

    await freeze(cgroups)
    expect(areFrozen(cgroups)).toBe(true)
    const before = ticksOf(child.pid)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(ticksOf(child.pid)).toBe(before)

    await thaw(cgroups)
    expect(areFrozen(cgroups)).toBe(false)
    await expect.poll(() => ticksOf(child.pid)).not.toBe(before)

    await freeze(cgroups)
    await endCgroups(cgroups)
    await exited
    expect(existsSync(cgroup.directory)).toBe(false)
    await endCgroups(cgroups)
  })
})

function ticksOf(pid: number | undefined): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .join('+')
}
