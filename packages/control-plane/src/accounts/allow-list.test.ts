import { describe, expect, it } from 'vitest'
import { allowListOf, formatSessionCookie, readCookie, sessionCookieOf } from './allow-list.ts'

describe('sessionCookieOf', () => {
  it.each([
    ['on loopback', undefined, '127.0.0.1:3210', '__Host-am-i1', true],
    ['at a public https address', 'https://m.example', 'm.example', '__Host-am-i1', true],
    ['at a public http address', 'http://m.example:81', 'm.example:81', 'am-i1', false],
    [
      'on loopback beside a public http address',
      'http://m.example:81',
      'localhost:3210',
      '__Host-am-i1',
      true,
    ],
    ['at a forwarded loopback port', 'http://localhost:9000', 'localhost:9000', '__Host-am-i1', true],
  ])('names it %s', (_place, publicUrl, host, name, secure) => {
    expect(sessionCookieOf('i1', host, allowListOf(3210, publicUrl))).toEqual({ name, secure })
  })
})

describe('allowListOf', () => {
  it('takes the default port with and without its number', () => {
    const { hosts, origins } = allowListOf(80)

    expect(hosts).toContain('localhost')
    expect(hosts).toContain('localhost:80')
    expect(origins).toContain('http://localhost')
  })
})

describe('session cookies', () => {
  it('cannot be read by scripts nor sent from other sites', () => {
    const header = formatSessionCookie({ name: '__Host-am-i1', secure: true }, 'v', 60)

    expect(header).toBe('__Host-am-i1=v; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure')
  })

  it('are found among others by their exact name', () => {
    const header = 'x__Host-am-i1=no; __Host-am-i1=yes=1; am=2'

    expect(readCookie(header, '__Host-am-i1')).toBe('yes=1')
    expect(readCookie(header, 'am-i1')).toBeUndefined()
    expect(readCookie(undefined, 'am-i1')).toBeUndefined()
  })
})
