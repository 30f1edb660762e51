import type { RunUsage } from '@agent-machines/core'

/** List prices in US dollars per million tokens. */
interface ModelPrice {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
}

/**
 * Standard prices for short contexts, as the vendors listed them in November 2026.
 *
 * For runtimes that report no cost. A model whose price is not certain is not here.
 */
const prices: Readonly<Record<string, ModelPrice>> = {
  'gpt-5-codex': { input: 1.25, cacheRead: 0.125, cacheWrite: 1.25, output: 10 },
  'gpt-5.6-luna': { input: 0.2, cacheRead: 0.02, cacheWrite: 0.25, output: 1.2 },
  'gpt-5.6-terra': { input: 2, cacheRead: 0.2, cacheWrite: 2.5, output: 12 },
  'gpt-6-astra': { input: 10, cacheRead: 1, cacheWrite: 12.5, output: 50 },
  'gpt-6-luna': { input: 0.1, cacheRead: 0.01, cacheWrite: 0.125, output: 0.5 },
  'gpt-6-sol': { input: 2, cacheRead: 0.2, cacheWrite: 2.5, output: 10 },
  'gpt-6.1-sol': { input: 2, cacheRead: 0.1, cacheWrite: 2.5, output: 10 },
  'gpt-6.1-terra': { input: 1, cacheRead: 0.05, cacheWrite: 1.25, output: 5 },
  'gpt-6.2-sol': { input: 2, cacheRead: 0.1, cacheWrite: 2.5, output: 10 },
}

export type TokenCounts = Omit<RunUsage, 'costUsd' | 'costSource'>

export const noTokens: TokenCounts = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
}

export function addTokens(before: TokenCounts, more: TokenCounts): TokenCounts {
  return {
    inputTokens: before.inputTokens + more.inputTokens,
    cacheReadTokens: before.cacheReadTokens + more.cacheReadTokens,
    cacheWriteTokens: before.cacheWriteTokens + more.cacheWriteTokens,
    outputTokens: before.outputTokens + more.outputTokens,
  }
}

/** The tokens with what they cost at list price; without a cost for a model that has none here. */
export function withEstimatedCost(tokens: TokenCounts, model: string | null): RunUsage {
  const price = model === null ? undefined : priceOf(model)
  if (!price) return { ...tokens, costUsd: null, costSource: null }
  const costUsd =
    (tokens.inputTokens * price.input +
      tokens.cacheReadTokens * price.cacheRead +
      tokens.cacheWriteTokens * price.cacheWrite +
      tokens.outputTokens * price.output) /
    1_000_000
  return { ...tokens, costUsd, costSource: 'estimate' }
}

/** Gateways put the vendor before the name; a dated version costs what its name does. */
function priceOf(model: string): ModelPrice | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1).replace(/-\d{4}-\d{2}-\d{2}$/, '')
  return Object.hasOwn(prices, name) ? prices[name] : undefined
}
