import { describe, expect, it } from 'vitest'
import { redact, secretsInUrl, withoutCredentials } from './redact.ts'

describe('redact', () => {
  it('removes every occurrence, the longest secret first', () => {
    expect(redact('a key-12345678-long and key-12345678', ['key-12345678', 'key-12345678-long'])).toBe(
      'a [secret] and [secret]',
    )
  })

  it('leaves text alone that only looks like a short secret', () => {
    expect(redact('the id is 42', ['42', ''])).toBe('the id is 42')
  })
})

describe('credentials in a URL', () => {
  it('are found as written and as read', () => {
    expect(secretsInUrl('https://me:p%40ssword@host/x.git')).toEqual([
      'me:p%40ssword',
      'p%40ssword',
      'me:p@ssword',
      'p@ssword',
    ])
  })

  it.each([
    ['https://me:pass@host/x.git', 'https://host/x.git'],
    ['https://host/x.git', 'https://host/x.git'],
    ['git@host:x.git', 'git@host:x.git'],
  ])('%s is shown as %s', (given, shown) => {
    expect(withoutCredentials(given)).toBe(shown)
  })
})
