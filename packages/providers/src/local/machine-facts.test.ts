import { describe, expect, it } from 'vitest'
import { dataLayoutOf, isMachineId, machineTokenOf } from './data-layout.ts'
import { writeFileScript } from './machine-commands.ts'
import { parseProcessStat } from './process-identity.ts'
import { hostnameOf } from './sandbox-files.ts'
import { seesHome } from './stray-processes.ts'
import { firstUid, uidCandidates, uidCount, uidsOfPasswd } from './uid-allocation.ts'
import { holds } from './workspace-folder.ts'

describe('process facts', () => {
  it('are read past a command name with spaces and brackets', () => {
    const fields = ['S', '7', '42', ...Array.from({ length: 16 }, () => '0'), '98765', '1']
    const stat = parseProcessStat(`12 (a) b (c)) ${fields.join(' ')}`)

    expect(stat).toEqual({ state: 'S', parentPid: 7, groupId: 42, startTime: '98765' })
  })

  it.each([
    ['1 2 8:1 /data/machines/one/home /home/agent rw - ext4 x rw', true],
    ['1 2 8:1 /machines/one/home /home/agent rw - ext4 x rw', true],
    ['1 2 8:1 /data/machines/one/home//deleted /home/agent rw - ext4 x rw', true],
    ['1 2 8:1 /data/machines/two/home /home/agent rw - ext4 x rw', false],
    ['1 2 8:1 / /home/agent rw - ext4 x rw', false],
    ['1 2 8:1 /data/machines/one/home /mnt rw - ext4 x rw', false],
  ])('tell whose home a process sees: %s', (line, expected) => {
    expect(seesHome(line, '/data/machines/one/home')).toBe(expected)
  })
})

describe('uids of machines', () => {
  it('are tried in the same order by everybody, each once, none of them the throwaway one', () => {
    const tried = [...uidCandidates('seed')]

    expect(tried).toEqual([...uidCandidates('seed')])
    expect(new Set(tried).size).toBe(uidCount)
    expect(Math.min(...tried)).toBe(firstUid)
    expect(Math.max(...tried)).toBe(firstUid + uidCount - 1)
  })

  it('are none of the accounts', () => {
    expect(uidsOfPasswd('root:x:0:0::/:/bin/sh\nann:x:20007:1::/:/bin/sh\n').has(20_007)).toBe(true)
  })
})

describe('names', () => {
  it.each([
    ['m1', true],
    ['A_b-9', true],
    ['', false],
    ['.hidden', false],
    ['a/b', false],
    ['..', false],
    ['x'.repeat(65), false],
  ])('%j can be a machine id: %s', (id, expected) => {
    expect(isMachineId(id)).toBe(expected)
  })

  it.each([
    ['Mine_1', 'mine-1'],
    ['---', 'machine'],
    ['a'.repeat(80), 'a'.repeat(63)],
  ])('of machine %j make the host name %j', (id, expected) => {
    expect(hostnameOf(id)).toBe(expected)
  })

  it('give each machine of each data directory a token of its own', () => {
    const tokens = ['/a', '/b'].flatMap((root) =>
      ['m', 'n'].map((id) => machineTokenOf(dataLayoutOf(root), id)),
    )

    expect(new Set(tokens).size).toBe(4)
  })
})

describe('folders', () => {
  it.each([
    ['/a', '/a', true],
    ['/a', '/a/b', true],
    ['/', '/a', true],
    ['/a', '/ab', false],
    ['/a/b', '/a', false],
    ['/a', '/a/..b', true],
  ])('%s holds %s: %s', (outer, inner, expected) => {
    expect(holds(outer, inner)).toBe(expected)
  })

  it('in the command that writes a file are quoted', () => {
    const script = writeFileScript('/home/agent', "it's\n✓", 0o600)

    expect(script).toContain("'/home/agent/it'\\''s\n✓'")
    expect(script).toContain('chmod 600')
  })
})
