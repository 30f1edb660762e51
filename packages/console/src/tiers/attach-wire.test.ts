import type { Attachment } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { openAttachWire } from './attach-wire.ts'

it('gives up a substrate that does not answer, and lets go of what comes too late', async () => {
  let answer: (attachment: Attachment) => void = () => undefined
  let isClosed = false
  const waiting: (() => void)[] = []
  const opening = openAttachWire({
    exec: {
      exec: () => Promise.reject(new Error('not asked')),
      attach: () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    },
    session: 'agent',
    timers: {
      now: () => 0,
      after: (_, run) => {
        waiting.push(run)
        return () => undefined
      },
    },
    log: () => undefined,
    place: () => null,
    wanted: () => 'live',
    presence: () => [],
  })

  for (const run of waiting) run()
  await expect(opening).rejects.toMatchObject({ code: 'SUBSTRATE_TRANSIENT' })
  answer({
    output: (async function* () {})(),
    write: async () => undefined,
    end: async () => undefined,
    close: async () => {
      isClosed = true
    },
  })

  await expect.poll(() => isClosed).toBe(true)
})
