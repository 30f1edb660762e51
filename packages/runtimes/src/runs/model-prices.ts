import { calcPrice } from '@pydantic/genai-prices'
import type { TokenCounts } from '../recipe/token-counts.ts'

/** US dollars for a token. */
type ModelPrice = TokenCounts

/** In dollars for a million tokens: what vendors listed in November 2026 and the library does not have yet. */
const newer: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'gpt-6.1-sol': [2, 0.1, 2.5, 10],
  'gpt-6.1-terra': [1, 0.05, 1.25, 5],
  'gpt-6.2-sol': [2, 0.1, 2.5, 10],
}

/** So few that no surcharge for a long context counts. */
const sample = 1000

/** What the tokens cost at list price, for short contexts; null for a model without one. */
export function listCostOf(tokens: TokenCounts, model: string | null): number | null {
  const price = model === null ? null : priceOf(model)
  if (price === null) return null
  return (
    tokens.inputTokens * price.inputTokens +
    tokens.cacheReadTokens * price.cacheReadTokens +
    tokens.cacheWriteTokens * price.cacheWriteTokens +
    tokens.outputTokens * price.outputTokens
  )
}

export function hasListPrice(model: string | null): boolean {
  return model !== null && priceOf(model) !== null
}

/** Routers put the vendor before the name, and some have names of their own; a dated version costs what its name does. */
function priceOf(model: string): ModelPrice | null {
  const name = model.slice(model.lastIndexOf('/') + 1).replace(/-\d{4}-\d{2}-\d{2}$/, '')
  const listed = Object.hasOwn(newer, name) ? newer[name] : undefined
  if (listed) return perToken(listed.map((dollars) => dollars / 1_000_000))
  return (name === model ? null : priceIn(model, 'openrouter')) ?? priceIn(name)
}

function priceIn(model: string, providerId?: string): ModelPrice | null {
  const cost = (usage: Parameters<typeof calcPrice>[0]) =>
    calcPrice(usage, model, providerId === undefined ? {} : { providerId })?.total_price
  const costs = [
    cost({ input_tokens: sample }),
    cost({ input_tokens: sample, cache_read_tokens: sample }),
    cost({ input_tokens: sample, cache_write_tokens: sample }),
    cost({ output_tokens: sample }),
  ].flatMap((dollars) => (dollars === undefined ? [] : [dollars / sample]))
  return costs.length === 4 ? perToken(costs) : null
}

function perToken(dollars: readonly number[]): ModelPrice {
  const [inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0] = dollars
  return { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }
}
