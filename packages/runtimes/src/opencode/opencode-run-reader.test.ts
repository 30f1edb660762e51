import { readFileSync } from 'node:fs'
import type { RunEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { OpenCodeRunReader } from './opencode-run-reader.ts'

/** Output of the CLI, with our plugin in it, against a model server. */
type Recording = 'tool' | 'resumed' | 'failing' | 'rejected' | 'refused' | 'limited'

describe('what `opencode run` printed', () => {
  it('names the conversation, tells the command with its result, then what it used', () => {
    const { events, verdict } = read('tool')
    const call = expect.stringMatching(/^call_/)

    expect(events).toEqual([
      { event: 'session', data: { session: expect.stringMatching(/^ses_/), model: 'gpt-6-sol' } },
      {
        event: 'tool-call',
        data: { call, name: 'bash', input: expect.objectContaining({ command: 'echo hi > made; cat made' }) },
      },
      { event: 'tool-result', data: { call, output: 'hi\n', isError: false } },
      { event: 'usage', data: expect.objectContaining({ inputTokens: 10, outputTokens: 5 }) },
      { event: 'message', data: { text: 'The command printed: hi\n' } },
      { event: 'usage', data: expect.objectContaining({ inputTokens: 20, outputTokens: 10 }) },
    ])
    expect(verdict).toEqual({ state: 'done', detail: null })
  })

  it('counts what this run used, not the conversation it went on with', () => {
    const { events } = read('resumed')

    expect(events[0]).toEqual(read('tool').events[0])
    expect(events.at(-1)?.data).toMatchObject({ inputTokens: 10, outputTokens: 5 })
  })

  it('counts cached input apart, and reasoning as output', () => {
    const reader = new OpenCodeRunReader(null)
    const tokens = { input: 200, output: 40, reasoning: 7, cache: { read: 700, write: 100 } }
    const record = { type: 'step_finish', sessionID: 's', part: { reason: 'stop', tokens } }

    expect(reader.read(JSON.stringify(record)).at(-1)?.data).toMatchObject({
      inputTokens: 200,
      cacheReadTokens: 700,
      cacheWriteTokens: 100,
      outputTokens: 47,
    })
  })

  it('tells a command that failed from one that was not allowed, which ends the run', () => {
    const failing = read('failing')
    const rejected = read('rejected')

    expect(resultOf(failing)).toMatchObject({ isError: true, output: '(no output)' })
    expect(failing.verdict?.state).toBe('done')
    expect(resultOf(rejected)).toMatchObject({ isError: true, output: expect.stringContaining('rejected') })
    expect(rejected.verdict).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('rejected permission'),
    })
  })

  it('tells a refused key', () => {
    const { events, verdict } = read('refused')

    expect(events.at(-1)).toEqual({ event: 'error', data: { message: 'Scripted error 401', fatal: true } })
    expect(verdict).toEqual({ state: 'failed', detail: 'Scripted error 401', modelStatus: null })
  })

  it('tells every new try, and after the last that a limit was reached', () => {
    const { events, verdict } = read('limited')

    expect(events.flatMap(({ event, data }) => (event === 'error' ? [data.fatal] : []))).toEqual([
      false,
      false,
      false,
      true,
    ])
    expect(verdict).toEqual({ state: 'failed', detail: 'Scripted error 429', modelStatus: null })
  })

  it('is not done when the answer was cut off', () => {
    const reader = new OpenCodeRunReader(null)
    reader.read('{"type":"step_finish","sessionID":"s","part":{"reason":"length"}}')

    expect(reader.verdict).toEqual({ state: 'failed', detail: 'The answer ended with: length' })
  })

  it.each(['', 'not JSON', '{"type":"text"}', '[]'])('passes over %j', (line) => {
    const reader = new OpenCodeRunReader(null)

    expect(reader.read(line)).toEqual([])
    expect(reader.verdict).toBeNull()
  })
})

function read(recording: Recording, model = 'gpt-6-sol') {
  const path = new URL(`./testing/${recording}.jsonl`, import.meta.url)
  const reader = new OpenCodeRunReader(model)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const events: RunEvent[] = lines.flatMap((line) => reader.read(line))
  return { events, verdict: reader.verdict }
}

function resultOf({ events }: { events: RunEvent[] }) {
  return events.find(({ event }) => event === 'tool-result')?.data
}
