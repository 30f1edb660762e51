import { formatEvent } from '@agent-machines/console'
import { describe, expect, it } from 'vitest'
import { eventStream } from './server-sent-events.ts'

describe('formatEvent', () => {
  it('writes id, event and data, and ends with an empty line', () => {
    expect(formatEvent({ event: 'output', id: 'c1', data: { text: 'a\nb' } })).toBe(
      'id: c1\nevent: output\ndata: {"text":"a\\nb"}\n\n',
    )
  })
})

describe('eventStream', () => {
  it('forbids caching and buffering', () => {
    const { headers } = eventStream(counting(0), () => {})

    expect(headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(headers.get('x-accel-buffering')).toBe('no')
  })

  it('pulls an event only when the reader wants one', async () => {
    let pulled = 0
    const response = eventStream(
      counting(100, () => pulled++),
      () => {},
    )
    const reader = response.body?.getReader()

    await reader?.read()

    expect(pulled).toBeLessThanOrEqual(2)
    await reader?.cancel()
  })

  it('aborts the source when the reader is gone', async () => {
    let aborted = false
    const response = eventStream(counting(100), () => {
      aborted = true
    })

    await response.body?.cancel()

    expect(aborted).toBe(true)
  })
})

async function* counting(count: number, onPull: () => void = () => {}) {
  for (let n = 0; n < count; n++) {
    onPull()
    yield { event: 'n', data: { n } }
  }
}
