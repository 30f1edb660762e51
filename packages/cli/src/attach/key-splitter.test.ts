import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeySplitter, type LocalInput } from './key-splitter.ts'

describe('the key splitter', () => {
  const cases: [string, string[], unknown[]][] = [
    ['keys', ['abc'], ['abc']],
    ['Escape at once', ['\x1b'], ['\x1b']],
    ['an arrow key', ['\x1b[A'], ['\x1b[A']],
    ['Ctrl-]', ['ab\x1dcd'], ['ab', 'detach', 'cd']],
    ['Ctrl-] of the extended protocol', ['\x1b[93;5u'], ['detach']],
    ['pasted text', ['a\x1b[200~x\ny\x1b[201~b'], ['a', { text: 'x\ny' }, 'b']],
    ['a paste in pieces', ['\x1b[20', '0~é'.slice(0, 3), 'x\x1b[2', '01~'], [{ text: 'éx' }]],
    ['Ctrl-] inside a paste', ['\x1b[200~\x1d\x1b[201~'], [{ text: '\x1d' }]],
    ['a function key that begins alike', ['\x1b[20', '~'], ['\x1b[20~']],
  ]
  for (const [name, pieces, expected] of cases) {
    it(`knows ${name}`, () => {
      const splitter = new KeySplitter()

      const inputs = pieces.flatMap((piece) => splitter.push(Buffer.from(piece)))

      expect(inputs.map(shortOf)).toEqual(expected)
    })
  }

  it('changes no byte that is not a mark', () => {
    const key = fc
      .uint8Array({ minLength: 1 })
      .filter((bytes) => !bytes.includes(0x1d) && !bytes.includes(0x1b))
    fc.assert(
      fc.property(fc.array(key), (pieces) => {
        const splitter = new KeySplitter()

        const inputs = pieces.flatMap((piece) => splitter.push(piece))

        const kept = inputs.map((input) => (input.kind === 'keys' ? input.bytes : Buffer.alloc(0)))
        expect(Buffer.concat(kept)).toEqual(Buffer.concat(pieces))
      }),
    )
  })
})

function shortOf(input: LocalInput): unknown {
  if (input.kind === 'keys') return Buffer.from(input.bytes).toString()
  return input.kind === 'paste' ? { text: input.text } : 'detach'
}
