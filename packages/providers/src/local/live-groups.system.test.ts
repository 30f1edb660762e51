import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { liveGroups } from './live-groups.ts'

it('holds the groups that have a living member, and shares a look with who asks at the same time', async () => {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  const group = child.pid ?? 0
  await once(child, 'spawn')

  const [one, other] = [liveGroups(), liveGroups()]
  const before = await one
  child.kill('SIGKILL')
  await once(child, 'exit')
  const after = await liveGroups()

  expect(other).toBe(one)
  expect(before.has(group)).toBe(true)
  expect(after.has(group)).toBe(false)
})
