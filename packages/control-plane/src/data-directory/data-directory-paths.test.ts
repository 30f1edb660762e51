import { describe, expect, it } from 'vitest'
import { dataDirectoryOf, type PathEnvironment, socketDirectoriesOf } from './data-directory-paths.ts'

const person = { uid: 1000, home: '/home/ada' }
const root = { uid: 0, home: '/root' }

describe('dataDirectoryOf', () => {
  it.each<[PathEnvironment, typeof person, string]>([
    [{}, person, '/home/ada/.local/share/agent-machines'],
    [{ XDG_DATA_HOME: '/data/ada' }, person, '/data/ada/agent-machines'],
    [{ XDG_DATA_HOME: 'relative' }, person, '/home/ada/.local/share/agent-machines'],
    [{ XDG_DATA_HOME: '' }, person, '/home/ada/.local/share/agent-machines'],
    [{ AGENT_MACHINES_DATA: '/srv/am', XDG_DATA_HOME: '/data/ada' }, person, '/srv/am'],
    [{}, root, '/var/lib/agent-machines'],
    [{ XDG_DATA_HOME: '/data/root' }, root, '/var/lib/agent-machines'],
    [{ AGENT_MACHINES_DATA: '/srv/am' }, root, '/srv/am'],
  ])('%j as %j is %s', (environment, user, path) => {
    expect(dataDirectoryOf(environment, user)).toBe(path)
  })
})

describe('socketDirectoriesOf', () => {
  const long = `/${'x'.repeat(200)}`

  it.each<[PathEnvironment, typeof person, RegExp[]]>([
    [{}, root, [/^\/run\/am-[0-9a-f]{12}$/]],
    [{ XDG_RUNTIME_DIR: '/run/user/0' }, root, [/^\/run\/am-[0-9a-f]{12}$/]],
    [{}, person, [/^\/tmp\/am-1000-[0-9a-f]{12}$/]],
    [
      { XDG_RUNTIME_DIR: '/run/user/1000' },
      person,
      [/^\/run\/user\/1000\/am-[0-9a-f]{12}$/, /^\/tmp\/am-1000-/],
    ],
    [{ XDG_RUNTIME_DIR: long }, person, [/^\/tmp\/am-1000-/]],
    [{ XDG_RUNTIME_DIR: "/odd ' path" }, person, [/^\/tmp\/am-1000-/]],
    [{ XDG_RUNTIME_DIR: 'relative' }, person, [/^\/tmp\/am-1000-/]],
  ])('%j as %j', (environment, user, patterns) => {
    const directories = socketDirectoriesOf(long, environment, user)

    expect(directories).toHaveLength(patterns.length)
    for (const [index, pattern] of patterns.entries()) expect(directories[index]).toMatch(pattern)
  })

  it('leaves room for the socket, however long the data directory is', () => {
    for (const directory of socketDirectoriesOf(long, { XDG_RUNTIME_DIR: '/run/user/1000' }, person)) {
      expect(Buffer.byteLength(`${directory}/pg/.s.PGSQL.5432`)).toBeLessThanOrEqual(107)
    }
  })

  it('is another one for another data directory', () => {
    expect(socketDirectoriesOf('/a', {}, person)).not.toEqual(socketDirectoriesOf('/b', {}, person))
  })
})
