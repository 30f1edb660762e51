import type { ModelFailure, UpstreamCheck } from '@agent-machines/core'
import type { FoldedRunEvent } from '@agent-machines/runtimes'
import { expect, it } from 'vitest'
import { secondOpinionOn } from './second-opinion.ts'

const asked: UpstreamCheck = {
  state: 'failed',
  code: 'protocol-missing',
  message: 'It does not serve Anthropic Messages at http://m/elsewhere.',
  fix: 'Correct its address.',
  isTransient: false,
  models: null,
  checkedAt: '',
}

it('takes the word of the model source on whether its address is wrong', async () => {
  expect(await secondOpinionOn(end('model-unknown'), async () => asked)).toEqual({
    event: 'end',
    data: {
      state: 'failed',
      detail: asked.message,
      exitCode: 1,
      cause: { code: 'address-wrong', fix: asked.fix, isTransient: false },
    },
  })
})

it('leaves it where the source takes the address, or tells nothing', async () => {
  const last = end('model-unknown')
  const says = (code: UpstreamCheck['code']) => async () => ({ ...asked, code })

  expect(await secondOpinionOn(last, says('ok'))).toBe(last)
  expect(await secondOpinionOn(last, says('unreachable'))).toBe(last)
  expect(await secondOpinionOn(last, () => Promise.reject(new Error('no')))).toBe(last)
})

it('asks about nothing else', async () => {
  const never = () => expect.unreachable('asked')

  for (const last of [end('limited'), end(null), { event: 'message', data: { text: 'hi' } } as const])
    expect(await secondOpinionOn(last, never)).toBe(last)
})

function end(code: ModelFailure['code'] | null): FoldedRunEvent {
  const cause = code === null ? null : { code, fix: 'Do this.', isTransient: false }
  return { event: 'end', data: { state: 'failed', detail: 'It failed.', exitCode: 1, cause } }
}
