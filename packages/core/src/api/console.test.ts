import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSocketMessage, socketMessageSchema } from './console.ts'

const key = { type: 'input', client: 'laptop', seq: 7, epoch: '0a1b2c', data: 'YQ==' }

describe('parseSocketMessage', () => {
  it('takes a key as it is', () => {
    expect(parseSocketMessage(key)).toEqual(key)
  })

  it('takes and refuses what the schema does, whatever a key is made of', () => {
    const part = fc.oneof(
      fc.constantFrom('input', 'paste', 'laptop', 'a b', '0a1b2c', 'YQ==', 'YQ', 'YR==', 'Y\n==', '', '='),
      fc.constantFrom(0, 1, -1, 1.5, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1, null, true),
      fc.base64String({ maxLength: 400 }),
      fc.string({ maxLength: 70 }),
    )
    const changes = fc.dictionary(
      fc.constantFrom('type', 'client', 'seq', 'epoch', 'data', 'session', 'more'),
      fc.option(part, { nil: undefined }),
      { maxKeys: 2 },
    )
    fc.assert(
      fc.property(changes, (change) => {
        const said: unknown = JSON.parse(JSON.stringify({ ...key, ...change }))
        const judged = socketMessageSchema.safeParse(said)
        if (judged.success) expect(parseSocketMessage(said)).toEqual(judged.data)
        else
          expect(() => parseSocketMessage(said)).toThrowError(
            expect.objectContaining({ code: 'REQUEST_INVALID' }),
          )
      }),
      { numRuns: 2000 },
    )
  })

  it('refuses what is no object', () => {
    for (const said of [undefined, null, 'input', 7, []])
      expect(() => parseSocketMessage(said)).toThrowError(
        expect.objectContaining({ code: 'REQUEST_INVALID' }),
      )
  })
})
