import { readFileSync } from 'node:fs'
import type { RunEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { ClaudeCodeRunReader } from './claude-code-run-reader.ts'

/** Output of the CLI against a model server. */
type Recording = 'tool' | 'denied' | 'budget' | 'limited' | 'unknown-session' | 'resumed'

describe('what `claude --print` printed', () => {
  it('names the conversation and the model, tells the tool call with its result, then what it used', () => {
    const { events, verdict } = read('tool')

    expect(events).toEqual([
      {
        event: 'session',
        data: { session: '051562a6-3d73-434a-aada-a821aef226a8', model: 'claude-opus-5-5' },
      },
      {
        event: 'tool-call',
        data: {
          call: 'toolu_353816cff5824451a52dcf45c64c10f8',
          name: 'Bash',
          input: { command: 'echo hi > made', description: 'Runs the command the prompt names' },
        },
      },
      {
        event: 'tool-result',
        data: {
          call: 'toolu_353816cff5824451a52dcf45c64c10f8',
          output: '(Bash completed with no output)',
          isError: false,
        },
      },
      { event: 'message', data: { text: 'The command printed: (Bash completed with no output)' } },
      { event: 'usage', data: used(20, 10, 0.00028) },
    ])
    expect(verdict).toEqual({ state: 'done', detail: null })
  })

  it('tells a refused tool call as a result that failed, and is done all the same', () => {
    const { events, verdict } = read('denied')

    expect(events).toContainEqual({
      event: 'tool-result',
      data: expect.objectContaining({ isError: true, output: expect.stringContaining('needs approval') }),
    })
    expect(verdict?.state).toBe('done')
  })

  it('says that the budget was reached', () => {
    expect(read('budget').verdict).toEqual({
      state: 'budget-reached',
      detail: 'Reached maximum budget ($1e-7)',
    })
  })

  it('tells each refusal of the model source, and the last one as the limit', () => {
    const { events, verdict } = read('limited')

    expect(events.filter(({ event }) => event === 'error').map(({ data }) => data)).toEqual([
      { message: 'The model source answered 429 (rate_limit); try 1 of 1 follows.', fatal: false },
      { message: 'API Error: Request rejected (429) · Scripted error 429', fatal: true },
    ])
    expect(events.some(({ event }) => event === 'message')).toBe(false)
    expect(verdict).toMatchObject({ state: 'failed', modelStatus: 429 })
  })

  it('gives up on a key that is refused twice, and not on anything else', () => {
    const reader = new ClaudeCodeRunReader()
    const retry = (attempt: number, status: number) =>
      reader.read(
        JSON.stringify({
          type: 'system',
          subtype: 'api_retry',
          attempt,
          max_retries: 10,
          error_status: status,
        }),
      )

    for (const attempt of [1, 2, 3]) retry(attempt, 500)
    retry(1, 401)
    expect(reader).toMatchObject({ isHopeless: false, verdict: null })
    expect(retry(2, 401)).toMatchObject([{ event: 'error', data: { fatal: true } }])
    expect(reader).toMatchObject({ isHopeless: true, verdict: { state: 'failed', modelStatus: 401 } })
  })

  it('says until when the limit holds, where the CLI knows', () => {
    const info = { status: 'rejected', resetsAt: 1_795_000_000, rateLimitType: 'five_hour' }
    const { verdict } = read('limited', [JSON.stringify({ type: 'rate_limit_event', rate_limit_info: info })])

    expect(verdict?.detail).toContain('Until 2026-11-18T11:06:40.000Z.')
  })

  it('counts what this run used, not the conversation it went on with', () => {
    expect(read('resumed').events.at(-1)).toEqual({ event: 'usage', data: used(10, 5, 0.00014) })
  })

  it('fails with the reason when there is no such conversation', () => {
    expect(read('unknown-session').verdict).toEqual({
      state: 'failed',
      detail: 'No conversation found with session ID: 11111111-1111-4111-8111-111111111111',
    })
  })

  it.each(['', 'not JSON', '[]', '{"type":"new_kind"}', '{"type":"assistant"}', '{"type":"user"}'])(
    'passes over %j',
    (line) => {
      expect(new ClaudeCodeRunReader().read(line)).toEqual([])
    },
  )
})

function read(recording: Recording, before: string[] = []) {
  const path = new URL(`./testing/${recording}.jsonl`, import.meta.url)
  const reader = new ClaudeCodeRunReader()
  const lines = [...before, ...readFileSync(path, 'utf8').trimEnd().split('\n')]
  const events: RunEvent[] = lines.flatMap((line) => reader.read(line))
  return { events, verdict: reader.verdict }
}

function used(inputTokens: number, outputTokens: number, costUsd: number) {
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: expect.closeTo(costUsd, 8),
    costSource: 'runtime',
  }
}
