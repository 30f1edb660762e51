import { readFileSync } from 'node:fs'
import type { RunEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { OpenClawRunReader } from './openclaw-run-reader.ts'

/** What our plugin printed in the CLI, against a model server. */
type Recording = 'tool' | 'resumed' | 'denied' | 'limited' | 'refused'

describe('what a run printed', () => {
  it('names the conversation, tells the command with its result, and what it used', () => {
    const { events, verdict } = read('tool')
    const call = expect.stringMatching(/^call_/)

    expect(events).toEqual([
      { event: 'session', data: { session: expect.stringMatching(/^[0-9a-f-]{36}$/), model: 'gpt-6-sol' } },
      {
        event: 'tool-call',
        data: { call, name: 'exec', input: expect.objectContaining({ command: 'echo hi > made; cat made' }) },
      },
      { event: 'usage', data: expect.objectContaining({ inputTokens: 10, outputTokens: 5 }) },
      { event: 'tool-result', data: { call, output: 'hi', isError: false } },
      { event: 'message', data: { text: 'The command printed: hi' } },
      { event: 'usage', data: expect.objectContaining({ inputTokens: 20, outputTokens: 10 }) },
    ])
    expect(verdict).toEqual({ state: 'done', detail: null })
  })

  it('counts what this run used, not the conversation it went on with', () => {
    const { events } = read('resumed')

    expect(events[0]).toEqual(read('tool').events[0])
    expect(events.at(-1)?.data).toMatchObject({ inputTokens: 10, outputTokens: 5 })
  })

  it('tells a command that was not allowed, after which the run goes on', () => {
    const { events, verdict } = read('denied')

    expect(events.find(({ event }) => event === 'tool-result')?.data).toMatchObject({
      isError: true,
      output: expect.stringContaining('exec denied'),
    })
    expect(verdict?.state).toBe('done')
  })

  it('tells each request that failed, and after the last that a limit was reached', () => {
    const { events, verdict } = read('limited')

    const errors = events.flatMap((event) => (event.event === 'error' ? [event.data] : []))
    expect(errors.map(({ fatal }) => fatal)).toEqual([false, false, false, false, true])
    expect(verdict).toEqual({
      state: 'failed',
      detail: expect.stringContaining('rate limit'),
      modelStatus: 429,
    })
  })

  it('tells a refused key', () => {
    const { events, verdict } = read('refused')

    expect(events.at(-1)?.data).toMatchObject({ message: expect.stringContaining('HTTP 401'), fatal: true })
    expect(verdict).toEqual({
      state: 'failed',
      detail: '401 Scripted error 401',
      modelStatus: 401,
    })
  })

  it('is not done by an answer that was cut', () => {
    const reader = new OpenClawRunReader(null)

    reader.read('{"type":"lifecycle","session":"s","phase":"end","stopReason":"length"}')

    expect(reader.verdict).toEqual({ state: 'failed', detail: 'The answer ended with: length' })
  })
})

function read(recording: Recording, model = 'gpt-6-sol') {
  const reader = new OpenClawRunReader(model)
  const text = readFileSync(new URL(`./testing/${recording}.jsonl`, import.meta.url), 'utf8')
  const events: RunEvent[] = text.split('\n').flatMap((line) => reader.read(line))
  return { events, verdict: reader.verdict }
}
