import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { entryFor, entryThrough, environmentOf, wordsFor, wordsOf } from './sandbox-entry.ts'

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
    const words = entryFor(target).argv.join(' ')
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
    expect(entryFor(to).argv.join(' ').includes(word)).toBe(present)
  })

  it('says nothing of the machine or the command to whoever sees its arguments and environment', () => {
    const { argv, env } = entryFor(target)

    expect(argv.join(' ')).not.toContain('secret')
    expect(env).toEqual({ PATH: '/usr/bin:/bin', AM_ENTRY_TOKEN: 'abc' })
  })

  it.each([
    [
      'quotes, newlines and characters of several bytes',
      'printf %s "$V"',
      'a\'b"c\n$(id) ✓',
      'a\'b"c\n$(id) ✓',
    ],
    ['a long script', `printf %s "${'✓'.repeat(70_000)}"`, '', '✓'.repeat(70_000)],
    ['nothing of its own left behind', 'env | grep -c AM_ENTRY || true', '', '0\n'],
    ['the exit code of a syntax error', 'if', '', ''],
  ])('runs %s', (_, script, value, expected) => {
    const { stdout, status } = tell(wordsOf({ script, cwd: '/', env: { V: value, PATH: '/usr/bin:/bin' } }))

    expect(stdout.toString()).toBe(expected)
    expect(status).toBe(script === 'if' ? 2 : 0)
  })

  it('runs nothing of a command that was cut short', () => {
    const words = wordsOf({ script: "echo 'done'\n", cwd: '/', env: {} })
    const cuts = [...words].flatMap((letter, place) => (letter === "'" ? [place, place + 1] : []))

    const said = [...cuts, words.lastIndexOf('}')].map((cut) => tell(words.slice(0, cut)))

    expect(cuts.length).toBeGreaterThan(8)
    expect(said.map(({ stdout }) => stdout.toString())).toEqual(said.map(() => ''))
    expect(said.map(({ status }) => status)).not.toContain(0)
  })

  it.each(['A-B', '1A', '', 'A=B', 'A B'])('refuses the variable name %j', (name) => {
    expect(() => environmentOf(target, { env: { [name]: 'x' } })).toThrow(/variable name/)
  })

  it.each([{ script: 'a\0b' }, { script: 'a', cwd: '/\0' }, { script: 'a', env: { A: '\0' } }])(
    'refuses NUL in %j',
    (command) => {
      expect(() => wordsFor(target, { ...command, stdin: 'open' })).toThrow(/NUL/)
    },
  )

  it('starts in the home unless told otherwise', () => {
    const folderOf = (cwd?: string) =>
      /^cd -- (.*) \|\|/m.exec(wordsFor(target, { script: '', stdin: 'none', ...(cwd ? { cwd } : {}) }))?.[1]

    expect(folderOf()).toContain('/home/agent')
    expect(folderOf('a/b')).toContain('/home/agent/a/b')
    expect(folderOf('/tmp')).toContain('/tmp')
  })
})

/** What a waiting shell makes of these words. */
function tell(words: string) {
  const { argv, env } = entryThrough([], null)
  const [program, ...rest] = argv
  const redirected = ['-c', 'exec "$@" 3>/dev/null 4<&0 </dev/null', 'sh', program, ...rest]
  return spawnSync('/bin/sh', redirected, { env: { ...env }, input: words, stdio: 'pipe' })
}
