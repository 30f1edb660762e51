import type { RunEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import type { RunExit, RunVerdict } from '../recipe/headless.ts'
import { RunFold } from './run-fold.ts'

const ended: RunExit = { exitCode: 0, reason: 'ended', stderr: '' }
const encode = (text: string) => new TextEncoder().encode(text)

describe('RunFold', () => {
  it('gives the same events wherever the bytes were cut', () => {
    const bytes = encode('one é\ntwo 😀\nthree')
    for (let cut = 0; cut <= bytes.length; cut++) {
      const fold = new RunFold(echo())

      const events = [
        ...fold.read(bytes.subarray(0, cut)),
        ...fold.read(bytes.subarray(cut)),
        ...fold.finish(ended),
      ]

      expect(events.slice(0, -1).map(textOf)).toEqual(['one é', 'two 😀', 'three'])
    }
  })

  it('removes secrets from whatever an event holds', () => {
    const call: RunEvent = {
      event: 'tool-call',
      data: { call: '1', name: 'x', input: { deep: ['a secret here', 7] } },
    }
    const fold = new RunFold(
      { read: () => [call], verdict: null },
      { redact: (text) => text.replaceAll('secret', '[secret]') },
    )

    expect(fold.read(encode('line\n'))).toEqual([
      { event: 'tool-call', data: { call: '1', name: 'x', input: { deep: ['a [secret] here', 7] } } },
    ])
  })

  it('cuts long text and says so', () => {
    const [event] = new RunFold(echo()).read(encode(`${'x'.repeat(70_000)}\n`))

    expect(event?.truncated).toBe(true)
    expect(event && textOf(event)).toHaveLength(65_536)
  })

  it.each<[RunExit, RunVerdict | null, RunVerdict]>([
    [ended, { state: 'done', detail: null }, { state: 'done', detail: null }],
    [
      { ...ended, reason: 'cancelled', exitCode: 143 },
      { state: 'done', detail: null },
      { state: 'cancelled', detail: null },
    ],
    [{ ...ended, reason: 'timed-out', exitCode: 143 }, null, { state: 'timed-out', detail: null }],
    [
      { ...ended, exitCode: 1, stderr: 'warning\nno such model\n\n' },
      null,
      { state: 'failed', detail: 'no such model' },
    ],
    [{ ...ended, exitCode: 127 }, null, { state: 'failed', detail: 'It ended with exit code 127.' }],
    [
      { ...ended, exitCode: null, reason: 'lost' },
      { state: 'done', detail: null },
      { state: 'failed', detail: 'Its processes were ended with the machine, or by somebody on it.' },
    ],
  ])('takes %j with %j for its end', (exit, verdict, expected) => {
    expect(new RunFold({ read: () => [], verdict }).finish(exit)).toEqual([
      { event: 'end', data: { ...expected, exitCode: exit.exitCode } },
    ])
  })
})

function echo() {
  return {
    read: (line: string): RunEvent[] => [{ event: 'message', data: { text: line } }],
    verdict: null,
  }
}

function textOf(event: RunEvent): string {
  return event.event === 'message' ? event.data.text : ''
}
