import type { RunUsage } from '@agent-machines/core'

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

/** As a runtime tells them that knows no prices. */
export function withoutCost(tokens: TokenCounts): RunUsage {
  return { ...tokens, costUsd: null, costSource: null }
}
