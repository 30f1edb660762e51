import { describe, expect, it } from 'vitest'
import { hasListPrice, listCostOf } from './model-prices.ts'

const million = 1_000_000
const each = {
  inputTokens: million,
  cacheReadTokens: million,
  cacheWriteTokens: million,
  outputTokens: million,
}

describe('listCostOf', () => {
  it.each([
    ['gpt-6-sol', 2 + 0.2 + 2.5 + 10],
    ['gpt-6-sol-2026-10-01', 2 + 0.2 + 2.5 + 10],
    ['gpt-6.2-sol', 2 + 0.1 + 2.5 + 10],
    ['claude-haiku-4-5', 1 + 0.1 + 1.25 + 5],
    ['anthropic/claude-sonnet-4.5', 3 + 0.3 + 3.75 + 15],
  ])('takes for a million of each token of %s what its vendor lists', (model, dollars) => {
    expect(listCostOf(each, model)).toBeCloseTo(dollars, 6)
  })

  it('is the same for a token whether few or many are counted', () => {
    const few = { ...each, inputTokens: 7, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }

    expect(listCostOf(few, 'gpt-6-sol')).toBeCloseTo(14e-6, 10)
  })

  it.each([null, '', 'gpt-test', 'a/b', 'toString'])('knows none of %j', (model) => {
    expect(listCostOf(each, model)).toBeNull()
    expect(hasListPrice(model)).toBe(false)
  })
})
