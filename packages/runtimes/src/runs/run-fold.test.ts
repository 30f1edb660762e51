import type { RunEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import type { RunExit, RunVerdict } from '../recipe/headless.ts'
import { RunFold, type RunFoldOptions } from './run-fold.ts'

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
      { event: 'end', data: { ...expected, cause: null, exitCode: exit.exitCode } },
    ])
  })

  it('tells what the model source did wrong in the same words for every runtime', () => {
    const verdict: RunVerdict = { state: 'failed', detail: 'It said 429.', modelStatus: 429 }

    expect(endOf(new RunFold({ read: () => [], verdict }).finish({ ...ended, exitCode: 1 }))).toEqual({
      state: 'limit-reached',
      detail: 'The model source limits how much this key may ask. It said 429.',
      cause: { code: 'limited', fix: expect.any(String), isTransient: true },
      exitCode: 1,
    })
  })

  it('takes the word of the runtime where the failure was not of the model source', () => {
    const verdict: RunVerdict = { state: 'failed', detail: 'A tool got a 401.' }

    expect(endOf(new RunFold({ read: () => [], verdict }).finish(ended))).toEqual({
      ...verdict,
      cause: null,
      exitCode: 0,
    })
  })

  it('says what a run was waiting for when its time was up', () => {
    const timedOut: RunExit = { exitCode: 143, reason: 'timed-out', stderr: '' }
    const trying: RunEvent = { event: 'error', data: { message: 'HTTP 429 for an hour', fatal: false } }
    const ended: RunEvent = { event: 'error', data: { message: 'aborted', fatal: true } }
    const said: RunEvent = { event: 'message', data: { text: 'on it' } }
    const endAfter = (...events: RunEvent[]) => {
      const fold = new RunFold({ read: () => events, verdict: null })
      fold.read(encode('line\n'))
      return endOf(fold.finish(timedOut))
    }

    expect(endAfter(said, trying, ended)).toMatchObject({
      state: 'timed-out',
      detail: 'It was trying again after this: HTTP 429 for an hour',
      cause: { code: 'limited' },
    })
    expect(endAfter(trying, said)).toMatchObject({ state: 'timed-out', detail: null, cause: null })
  })
})

describe('the cost of a run', () => {
  const tokens = { inputTokens: 1000, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }
  const used = (costUsd: number | null = null): RunEvent => {
    const costSource = costUsd === null ? null : 'runtime'
    return { event: 'usage', data: { ...tokens, costUsd, costSource } }
  }
  const session: RunEvent = { event: 'session', data: { session: 's', model: 'gpt-6-sol' } }
  const after = (events: RunEvent[], options: RunFoldOptions) => {
    const fold = new RunFold({ read: () => events, verdict: null }, options)
    return { fold, costs: fold.read(encode('line\n')).flatMap(costOf) }
  }

  it('is an estimate from list prices where the runtime tells none and its source takes those', () => {
    const estimate = { costUsd: expect.closeTo(0.002, 9), costSource: 'estimate' }

    expect(after([used()], { model: 'gpt-6-sol', isListPriced: true }).costs).toEqual([estimate])
    expect(after([session, used()], { model: 'x', isListPriced: true }).costs).toEqual([estimate])
    expect(after([session, used(7)], { isListPriced: true }).costs).toEqual([
      { costUsd: 7, costSource: 'runtime' },
    ])
    for (const options of [{ model: 'gpt-6-sol' }, { model: 'x', isListPriced: true }])
      expect(after([used()], options).costs).toEqual([{ costUsd: null, costSource: null }])
  })

  it('ends it once it reaches the budget', () => {
    const options = { model: 'gpt-6-sol', isListPriced: true }
    const givenUp: RunExit = { exitCode: 143, reason: 'given-up', stderr: '' }

    expect(after([used()], { ...options, budgetUsd: 0.0021 }).fold.isToEnd).toBe(false)
    const { fold } = after([used()], { ...options, budgetUsd: 0.002 })
    expect(fold.isToEnd).toBe(true)
    expect(endOf(fold.finish(givenUp))).toMatchObject({
      state: 'budget-reached',
      detail: 'At list prices it has cost $0.0020 by now.',
    })
  })
})

function costOf({ event, data }: RunEvent) {
  return event === 'usage' ? [{ costUsd: data.costUsd, costSource: data.costSource }] : []
}

function endOf(events: readonly RunEvent[]) {
  return events.at(-1)?.data
}

function echo() {
  return {
    read: (line: string): RunEvent[] => [{ event: 'message', data: { text: line } }],
    verdict: null,
  }
}

function textOf(event: RunEvent): string {
  return event.event === 'message' ? event.data.text : ''
}
