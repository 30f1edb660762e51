import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { discard, PipePool } from './command-pipes.ts'

describe.runIf(process.platform === 'linux')('the pipes of commands', () => {
  it('are given to many at once and all given back', async () => {
    const pool = new PipePool()
    discard(await taken(pool))
    const before = openDescriptors()

    const many = await Promise.all(Array.from({ length: 20 }, () => taken(pool)))
    for (const pipes of many) discard(pipes)

    await expect.poll(openDescriptors).toBeLessThan(before + 12)
  })

  it('are still made after the shell that makes them was killed', async () => {
    const pool = new PipePool()
    const own = new Set(helpers())
    discard(await taken(pool))
    const mine = helpers().filter((pid) => !own.has(pid))
    expect(mine).toHaveLength(1)

    for (const pid of mine) process.kill(pid, 'SIGKILL')
    await expect.poll(() => helpers().includes(mine[0] ?? 0)).toBe(false)

    for (let times = 0; times < 5; times += 1) discard(await taken(pool))
  })
})

async function taken(pool: PipePool) {
  const pipes = await pool.take('open')
  if (pipes === null) throw new Error('no pipes could be made')
  return pipes
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}

/** Shells that this process started. */
function helpers(): number[] {
  const said = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,stat=,comm='], {
    encoding: 'utf8',
  })
  const lines = said.split('\n').filter((line) => /^\s*\d+\s+[^Z]\S*\s+sh$/.test(line))
  return lines.map((line) => Number.parseInt(line, 10))
}
