import { describe, expect, it } from 'vitest'
import { z } from './trusting-zod.ts'

interface AnySchema {
  safeParse(value: unknown): { success: boolean; data?: unknown }
}

describe('the stand-in for the schema library', () => {
  const schema = (z as { object: (shape: object) => { extend: (shape: object) => AnySchema } })
    .object({})
    .extend({})

  it('takes an object as it is, whatever schema it was made for', () => {
    const answer = { id: 'm_1' }

    expect(schema.safeParse(answer)).toEqual({ success: true, data: answer })
  })

  it.each([undefined, null, 'text', 7])('refuses %s, which no control plane answers', (value) => {
    expect(schema.safeParse(value).success).toBe(false)
  })
})
