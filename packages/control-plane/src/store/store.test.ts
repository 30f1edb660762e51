import { randomBytes } from 'node:crypto'
import { AgentMachinesError } from '@agent-machines/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serverArgumentsOf } from './embedded-postgres/postgres-settings.ts'
import { parsePostmasterFile } from './embedded-postgres/postmaster-file.ts'
import { formatPageCursor, parsePageCursor } from './page-cursor.ts'
import { openBox, sealBox } from './secrets/sealed-box.ts'
import { withoutNul } from './without-nul.ts'

describe('page cursors', () => {
  it('come back as they were', () => {
    const cursor = { createdAt: new Date(1_900_000_000_123), id: 'm-1.2_x' }

    expect(parsePageCursor(formatPageCursor(cursor))).toEqual(cursor)
  })

  it.each(['', 'x', 'MTIz', '../..', Buffer.from('abc.def').toString('base64url')])(
    '%j is refused',
    (text) => {
      expect(() => parsePageCursor(text)).toThrowError(AgentMachinesError)
    },
  )
})

describe('withoutNul', () => {
  it('cleans strings at any depth and leaves the rest alone', () => {
    const date = new Date(0)
    const bytes = Buffer.from([0])

    expect(withoutNul({ a: 'x\0y', b: ['\0'], c: { d: null, e: 1 }, date, bytes })).toEqual({
      a: 'xy',
      b: [''],
      c: { d: null, e: 1 },
      date,
      bytes,
    })
  })
})

describe('parsePostmasterFile', () => {
  const lines = ['4711', '/data/database', '1700000000', '5432', '/run/am/pg', '', ' 12 3', 'ready   ', '']

  it('reads a server that takes connections', () => {
    expect(parsePostmasterFile(lines.join('\n'))).toEqual({
      pid: 4711,
      database: '/data/database',
      socket: '/run/am/pg',
      ready: true,
    })
  })

  it.each([
    ['one that still starts', lines.with(7, 'starting').join('\n'), false],
    ['one that has no socket yet', lines.slice(0, 4).join('\n'), false],
  ])('reads %s', (_name, text, ready) => {
    expect(parsePostmasterFile(text)).toMatchObject({ pid: 4711, ready })
  })

  it.each(['', '47', 'nonsense\n/data'])('%j says nothing', (text) => {
    expect(parsePostmasterFile(text)).toBeUndefined()
  })
})

describe('serverArgumentsOf', () => {
  it('opens no port and keeps fsync on', () => {
    const args = serverArgumentsOf({ database: '/d', socket: '/s' })

    expect(args).toContain('listen_addresses=')
    expect(args).toContain('fsync=on')
    expect(args).toContain('unix_socket_directories="/s"')
  })
})

describe('sealed boxes', () => {
  const address = { workspace: 'w', kind: 'credential', name: 'OPENAI_API_KEY' }

  it('open with the same key and address, whatever they hold', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (plain) => {
        const key = randomBytes(32)

        const sealed = sealBox(key, address, plain, randomBytes(12))

        expect(openBox(key, address, sealed)).toEqual(Buffer.from(plain))
      }),
    )
  })

  it('do not open for another workspace, kind or name, nor with another key', () => {
    const key = randomBytes(32)
    const sealed = sealBox(key, address, Buffer.from('value'), randomBytes(12))

    for (const other of [
      { ...address, workspace: 'v' },
      { ...address, kind: 'machine-env' },
      { ...address, name: 'OTHER' },
      { workspace: 'w","credential', kind: '', name: 'OPENAI_API_KEY' },
    ]) {
      expect(() => openBox(key, other, sealed)).toThrowError()
    }
    expect(() => openBox(randomBytes(32), address, sealed)).toThrowError()
  })

  it('do not open when any bit was changed', () => {
    const key = randomBytes(32)
    const sealed = sealBox(key, address, Buffer.from('value'), randomBytes(12))

    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(() => openBox(key, address, changed)).toThrowError()
    }
  })
})
