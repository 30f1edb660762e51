import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QueryFilter } from './query-filter.ts'

const queries = [
  '\x1b[c',
  '\x1b[0c',
  '\x1b[>c',
  '\x1b[=c',
  '\x1b[5n',
  '\x1b[6n',
  '\x1b[?6n',
  '\x1b[?996n',
  '\x1b[4$p',
  '\x1b[?2026$p',
  '\x1b[>0q',
  '\x1b[?u',
  '\x1b[18t',
  '\x1b]4;1;?\x07',
  '\x1b]10;?\x1b\\',
  '\x1b]11;?\x07',
  '\x1b]52;c;?\x07',
  '\x1bP$qm\x1b\\',
  '\x1bP+q544e;524742\x1b\\',
  '\x1bZ',
]
const harmless = [
  'plain é 漢 🙂',
  '\r\n',
  '\x1b[1;31m',
  '\x1b[?1049h',
  '\x1b[?2004h',
  '\x1b[>1u',
  '\x1b[2;5H',
  '\x1b[22;0t',
  '\x1b]0;title\x07',
  '\x1b]11;#000000\x1b\\',
  `\x1b]52;c;${'QUJD'.repeat(200)}\x07`,
  '\x1bPq#0;2;0;0;0~-\x1b\\',
  '\x1b(B',
  '\x1b7',
  '\x1bM',
]

describe('the query filter', () => {
  it('takes every query out and leaves everything else, wherever it is cut', () => {
    const part = fc.oneof(
      fc.constantFrom(...queries).map((text) => ({ text, kept: '' })),
      fc.constantFrom(...harmless).map((text) => ({ text, kept: text })),
    )
    fc.assert(
      fc.property(fc.array(part), fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (parts, sizes) => {
        const bytes = Buffer.from(parts.map(({ text }) => text).join(''))

        const filter = new QueryFilter()
        const kept: Uint8Array[] = []
        for (let offset = 0; offset < bytes.length; ) {
          const size = sizes.next().value ?? 1
          kept.push(filter.push(bytes.subarray(offset, offset + size)))
          offset += size
        }

        expect(Buffer.concat(kept).toString()).toBe(parts.map((each) => each.kept).join(''))
      }),
    )
  })

  it('passes bytes that are no text', () => {
    const bytes = Uint8Array.of(0, 0x80, 0xff, 0x9b, 0x0e, 0x0f)

    expect(new QueryFilter().push(bytes)).toEqual(bytes)
  })
})
