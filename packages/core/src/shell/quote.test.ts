import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { quote, quoteAll } from './quote.ts'

describe('quote', () => {
  it.each(['plain', '', "it's", 'two\nlines', 'naïve ☃ 漢字', '$HOME `id` "x" \\ * ?', '-n', '~', 'a=b'])(
    'makes %j one word that a shell reads back unchanged',
    (value) => {
      const read = execFileSync('/bin/sh', ['-c', `printf %s ${quote(value)}`], { encoding: 'utf8' })

      expect(read).toBe(value)
    },
  )

  it('refuses NUL, which no argument can hold', () => {
    expect(() => quote('a\0b')).toThrow(TypeError)
  })

  it('joins quoted words with spaces', () => {
    expect(quoteAll(['echo', 'a b'])).toBe("echo 'a b'")
  })
})
