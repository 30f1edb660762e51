import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { entryFor, entryThrough, environmentOf } from './sandbox-entry.ts'

const target = {
  joins: ['/cg/one/cgroup.procs'],
  uid: 20_001,
  sandbox: { initPid: 42, token: 'abc', nsenter: '/usr/bin/nsenter' },
  home: '/home/agent',
  env: { SECRET: "it's\na ✓ secret" },
  setpriv: '/usr/bin/setpriv',
}

describe('the way onto a machine', () => {
  it('joins the cgroup, drops to the uid, enters, then drops every privilege', () => {
    const words = entryFor(target, { script: 'true' }).argv.join(' ')
    const steps = [
      '/cg/one/cgroup.procs',
      '--reuid=20001',
      'nsenter -t 42 -U',
      '--no-new-privs',
      '/bin/sh -c',
    ]
    const places = steps.map((step) => words.lastIndexOf(step))

    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual([...places].sort((one, other) => one - other))
  })

  it.each([
    ['a sandbox, as an ordinary user', { ...target, uid: null }, '--reuid', false],
    ['no sandbox, as root', { ...target, sandbox: null }, 'nsenter', false],
    ['no sandbox, as an ordinary user', { ...target, uid: null, sandbox: null }, '--no-new-privs', true],
    ['no cgroup', { ...target, joins: [] }, 'cgroup.procs', false],
  ])('fits %s', (_, to, word, present) => {
    expect(entryFor(to, { script: 'true' }).argv.join(' ').includes(word)).toBe(present)
  })

  it('keeps secrets out of the argument list and foreign names out of the environment outside', () => {
    const command = { script: 'echo "$LD_PRELOAD"', env: { LD_PRELOAD: '/tmp/evil.so' } }
    const { argv, env } = entryFor(target, command)

    expect(argv.join(' ')).not.toContain('secret')
    expect(argv.join(' ')).not.toContain('evil')
    expect(Object.keys(env).filter((name) => !name.startsWith('AM_ENTRY_'))).toEqual(['PATH'])
  })

  it.each([
    [
      'quotes, newlines and characters of several bytes',
      'printf %s "$V"',
      'a\'b"c\n$(id) ✓',
      'a\'b"c\n$(id) ✓',
    ],
    ['a script in pieces', `printf %s "${'✓'.repeat(70_000)}"`, '', '✓'.repeat(70_000)],
    ['nothing of its own left behind', 'env | grep -c AM_ENTRY || true', '', '0\n'],
    ['the exit code of a syntax error', 'if', '', ''],
  ])('runs %s', (_, script, value, expected) => {
    const entry = entryThrough([], {
      script,
      cwd: '/',
      env: { V: value, PATH: '/usr/bin:/bin' },
      token: null,
    })
    const [program, ...rest] = entry.argv
    const options = { env: { ...entry.env }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] as 'pipe'[] }

    const { stdout, status } = spawnSync(program, rest, options)

    expect(stdout.toString()).toBe(expected)
    expect(status).toBe(script === 'if' ? 2 : 0)
  })

  it.each(['A-B', '1A', '', 'A=B', 'A B'])('refuses the variable name %j', (name) => {
    expect(() => environmentOf(target, { env: { [name]: 'x' } })).toThrow(/variable name/)
  })

  it.each([{ script: 'a\0b' }, { script: 'a', cwd: '/\0' }, { script: 'a', env: { A: '\0' } }])(
    'refuses NUL in %j',
    (command) => {
      expect(() => entryFor(target, command)).toThrow(/NUL/)
    },
  )

  it('starts in the home unless told otherwise', () => {
    expect(entryFor(target, { script: '' }).env).toMatchObject({ AM_ENTRY_CWD: '/home/agent' })
    expect(entryFor(target, { script: '', cwd: 'a/b' }).env).toMatchObject({
      AM_ENTRY_CWD: '/home/agent/a/b',
    })
    expect(entryFor(target, { script: '', cwd: '/tmp' }).env).toMatchObject({ AM_ENTRY_CWD: '/tmp' })
  })
})
