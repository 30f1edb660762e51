import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  am as amProgram,
  type ControlPlaneProcess,
  removeControlPlane,
  runAm,
  startControlPlane,
} from '../testing/control-plane-process.ts'

let plane: ControlPlaneProcess

beforeAll(async () => {
  plane = await startControlPlane()
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
})

describe('am, as a person or a script runs it', () => {
  it('deploys, waits, and prints nothing but the id', async () => {
    const { stdout, stderr, exitCode } = await am(
      'deploy',
      '--runtime',
      'shell',
      '--substrate',
      'local',
      '--name',
      'first',
      '--wait',
    )

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^m[0-9a-f]+\n$/)
    expect(stderr).toContain('Open the console')
  })

  it('lists for people and for programs', async () => {
    const people = await am('list')
    const programs = await am('list', '--json')

    expect(people.stdout).toMatch(/first\s+m[0-9a-f]+\s+ready/)
    expect(JSON.parse(programs.stdout)).toEqual([expect.objectContaining({ name: 'first', state: 'ready' })])
  })

  it('passes output, input and the exit code of a command through', async () => {
    const { stdout, stderr, exitCode } = await runAm(
      plane,
      ['exec', 'first', '--', 'cat; echo oops >&2; exit 7'],
      'in\n',
    )

    expect({ stdout, stderr, exitCode }).toEqual({ stdout: 'in\n', stderr: 'oops\n', exitCode: 7 })
  })

  it('takes a key from standard input and never shows it again', async () => {
    const key = 'sk-ant-command-line-1234567890'
    const set = await runAm(plane, ['credentials', 'set', 'ANTHROPIC_API_KEY'], `${key}\n`)
    const list = await am('credentials', 'list')

    expect(set.exitCode).toBe(0)
    expect(list.stdout).toContain('7890')
    expect(set.stdout + set.stderr + list.stdout + list.stderr).not.toContain(key)
    expect((await am('credentials', 'remove', 'ANTHROPIC_API_KEY')).exitCode).toBe(0)
  })

  it('says what is missing before anything is made', async () => {
    const { stdout, stderr, exitCode } = await am('deploy', '--runtime', 'codex', '--substrate', 'local')

    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('am credentials set OPENAI_API_KEY')
  })

  it('ends with a command whose output nobody reads any more, without a word', async () => {
    const exec = `"${process.execPath}" "${amProgram}" exec first -- yes </dev/null`
    const { stdout, stderr } = await promisify(execFile)(
      '/bin/bash',
      ['-c', `${exec} | head -n 1; echo "\${PIPESTATUS[0]}"`],
      {
        env: { ...process.env, AGENT_MACHINES_URL: plane.url, AGENT_MACHINES_API_KEY: plane.apiKey },
        timeout: 20_000,
      },
    )

    expect(stdout).toBe('y\n0\n')
    expect(stderr).toBe('')
    expect((await am('exec', 'first', '--', 'pgrep -x yes')).exitCode).toBe(1)
  })

  it('puts to sleep and wakes by a prefix of the name', async () => {
    expect((await am('sleep', 'fir')).exitCode).toBe(0)
    expect((await am('exec', 'first', '--', 'true')).stderr).toContain('asleep')
    expect((await am('wake', 'fir')).exitCode).toBe(0)
    expect((await am('exec', 'first', '--', 'true')).exitCode).toBe(0)
  })

  it('prints a fresh link each time it is asked for one', async () => {
    const links = [(await am('login')).stdout, (await am('login')).stdout]

    expect(links[0]).toMatch(/\/login#token=\S+\n$/)
    expect(links[0]).not.toBe(links[1])
  })

  it('exits with 2 when the command line is wrong, and with 1 when nobody answers', async () => {
    const elsewhere = { ...plane, url: 'http://127.0.0.1:9' }

    expect((await am('list', '--no-such-flag')).exitCode).toBe(2)
    expect((await am('destroy', 'first')).exitCode).toBe(2)
    expect((await runAm(elsewhere, ['list'])).exitCode).toBe(1)
  })

  it('destroys only when told twice', async () => {
    expect((await am('destroy', 'first', '--yes')).exitCode).toBe(0)
    expect(JSON.parse((await am('list', '--json')).stdout)).toEqual([])
  })
})

const am = (...args: string[]) => runAm(plane, args)
