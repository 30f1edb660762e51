import { readFileSync } from 'node:fs'
import type { RunEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { HermesRunReader } from './hermes-run-reader.ts'

/** What `run.py` printed of the CLI against a model server. */
type Recording = 'tool' | 'refused' | 'denied' | 'limited' | 'resumed'

describe('what Hermes did with a task', () => {
  it('names the conversation, tells the command with its result, then what it used', () => {
    const { events, verdict } = read('tool')

    expect(events).toEqual([
      { event: 'session', data: { session: '20261127_032144_9177a8', model: 'gpt-test' } },
      { event: 'usage', data: expect.objectContaining({ inputTokens: 10, outputTokens: 5 }) },
      {
        event: 'tool-call',
        data: {
          call: expect.stringMatching(/^call_/),
          name: 'terminal',
          input: expect.objectContaining({ command: 'echo hi > made; cat made' }),
        },
      },
      {
        event: 'tool-result',
        data: {
          call: expect.stringMatching(/^call_/),
          output: expect.stringContaining('"output": "hi"'),
          isError: false,
        },
      },
      { event: 'message', data: { text: expect.stringContaining('"exit_code": 0') } },
      { event: 'usage', data: expect.objectContaining({ inputTokens: 20, outputTokens: 10 }) },
    ])
    expect(verdict).toEqual({ state: 'done', detail: null })
  })

  it('counts what this run used, not the conversation it went on with', () => {
    const { events } = read('resumed')

    expect(events.at(0)?.data).toMatchObject({ session: '20261127_032144_9177a8' })
    expect(events.at(-1)?.data).toMatchObject({ inputTokens: 10, outputTokens: 5, costUsd: null })
  })

  it('marks the result of a command that nobody allowed as an error', () => {
    const { events, verdict } = read('denied')
    const results = events.flatMap(({ event, data }) => (event === 'tool-result' ? [data] : []))

    expect(results).toEqual([
      expect.objectContaining({ isError: true, output: expect.stringContaining('BLOCKED') }),
    ])
    expect(verdict?.state).toBe('done')
  })

  it('tells every try, and the failure once', () => {
    const { events, verdict } = read('refused')
    const errors = events.flatMap(({ event, data }) => (event === 'error' ? [data] : []))

    expect(errors.map(({ fatal }) => fatal)).toEqual([false, true])
    expect(verdict).toEqual({
      state: 'failed',
      detail: expect.stringContaining('Error code: 401'),
      modelStatus: 401,
    })
  })

  it('says that a limit was reached', () => {
    const { events, verdict } = read('limited')

    expect(events.filter(({ event }) => event === 'error')).toHaveLength(4)
    expect(verdict).toEqual({ state: 'failed', detail: expect.stringContaining('429'), modelStatus: 429 })
  })

  it('tells what the model thought before what it said, and counts cached tokens apart', () => {
    const reader = new HermesRunReader('gpt-6-sol')
    const usage = { input_tokens: 200, cache_read_tokens: 700, cache_write_tokens: 100, output_tokens: 40 }

    const counted = { inputTokens: 200, cacheReadTokens: 700, cacheWriteTokens: 100, outputTokens: 40 }

    expect(reader.read(JSON.stringify({ event: 'answer', text: 'Yes.', reasoning: 'Hm.', usage }))).toEqual([
      { event: 'thinking', data: { text: 'Hm.' } },
      { event: 'message', data: { text: 'Yes.' } },
      { event: 'usage', data: { ...counted, costUsd: null, costSource: null } },
    ])
  })

  it('does not hold a try against an answer that came after it', () => {
    const reader = new HermesRunReader(null)

    reader.read(JSON.stringify({ event: 'error', message: 'Error code: 500', status: 500 }))
    reader.read(JSON.stringify({ event: 'answer', text: 'Yes.', reasoning: null, usage: null }))

    expect(reader.verdict).toBeNull()
  })

  it.each(['', 'not JSON', '{"event":"new kind"}', '[]'])('passes over %j', (line) => {
    expect(new HermesRunReader(null).read(line)).toEqual([])
  })
})

function read(recording: Recording) {
  const path = new URL(`./testing/${recording}.jsonl`, import.meta.url)
  const reader = new HermesRunReader(null)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const events: RunEvent[] = lines.flatMap((line) => reader.read(line))
  return { events, verdict: reader.verdict }
}
