import { readFileSync } from 'node:fs'
import type { RunEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { CodexRunReader } from './codex-run-reader.ts'

/** Output of the CLI against a model server. */
type Recording = 'tool' | 'refused' | 'limited' | 'resumed'

describe('what `codex exec` printed', () => {
  it('names the conversation, tells the command with its result, then what it used', () => {
    const { events, verdict } = read('tool')

    expect(events.filter(({ event }) => event !== 'error')).toEqual([
      {
        event: 'session',
        data: { session: '01a21a30-a912-70d3-a094-8232b05c2f3f', model: 'gpt-6-sol' },
      },
      {
        event: 'tool-call',
        data: { call: 'item_1', name: 'command', input: { command: "/bin/bash -lc 'echo hi > made'" } },
      },
      { event: 'tool-result', data: { call: 'item_1', output: '', isError: false } },
      { event: 'message', data: { text: expect.stringContaining('Process exited with code 0') } },
      { event: 'usage', data: expect.objectContaining({ inputTokens: 20, outputTokens: 10 }) },
    ])
    expect(verdict).toEqual({ state: 'done', detail: null })
  })

  it('counts what this run used, not the conversation it went on with', () => {
    expect(read('resumed').events.at(-1)?.data).toMatchObject({ inputTokens: 10, outputTokens: 5 })
  })

  it('counts cached input apart from the rest', () => {
    const reader = new CodexRunReader(null)
    const usage = {
      input_tokens: 1000,
      cached_input_tokens: 700,
      cache_write_input_tokens: 100,
      output_tokens: 40,
    }

    const [event] = reader.read(JSON.stringify({ type: 'turn.completed', usage }))

    expect(event?.data).toMatchObject({ inputTokens: 200, cacheReadTokens: 700, cacheWriteTokens: 100 })
  })

  it('tells every new try, and the failure once', () => {
    const { events, verdict } = read('refused')
    const errors = events.flatMap(({ event, data }) => (event === 'error' ? [data] : []))

    expect(errors.filter(({ message }) => message.startsWith('Reconnecting'))).toHaveLength(5)
    expect(errors.filter(({ fatal }) => fatal)).toHaveLength(1)
    expect(verdict).toMatchObject({ state: 'failed', detail: expect.stringContaining('401 Unauthorized') })
  })

  it('gives up on a connection that is not there five times in a row', () => {
    const reader = new CodexRunReader(null)
    const noConnection = JSON.stringify({
      type: 'error',
      message: 'Reconnecting... waiting for network (Connection failed: error sending request)',
    })
    const answer = JSON.stringify({ type: 'item.completed', item: { type: 'agent_message', text: 'hi' } })

    for (const line of [...Array<string>(4).fill(noConnection), answer]) reader.read(line)
    for (let count = 0; count < 4; count++) reader.read(noConnection)
    expect(reader.isHopeless).toBe(false)
    expect(reader.read(noConnection)).toMatchObject([{ event: 'error', data: { fatal: true } }])
    expect(reader).toMatchObject({ isHopeless: true, verdict: { state: 'failed', modelStatus: null } })
  })

  it('says that a limit was reached', () => {
    expect(read('limited').verdict).toEqual({
      state: 'failed',
      modelStatus: null,
      detail: 'exceeded retry limit, last status: 429 Too Many Requests',
    })
  })

  it('tells a call that it never saw begin together with its result', () => {
    const item = {
      id: 'item_3',
      type: 'file_change',
      changes: [{ path: 'a', kind: 'add' }],
      status: 'failed',
    }

    expect(new CodexRunReader(null).read(JSON.stringify({ type: 'item.completed', item }))).toEqual([
      { event: 'tool-call', data: { call: 'item_3', name: 'file-change', input: { changes: item.changes } } },
      { event: 'tool-result', data: { call: 'item_3', output: '', isError: true } },
    ])
  })

  it.each(['', 'not JSON', '{"type":"new.kind"}', '{"type":"item.completed"}'])('passes over %j', (line) => {
    expect(new CodexRunReader(null).read(line)).toEqual([])
  })
})

function read(recording: Recording, model = 'gpt-6-sol') {
  const path = new URL(`./testing/${recording}.jsonl`, import.meta.url)
  const reader = new CodexRunReader(model)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const events: RunEvent[] = lines.flatMap((line) => reader.read(line))
  return { events, verdict: reader.verdict }
}
