import { describe, expect, it, vi } from 'vitest'
import { Revocations } from './revocations.ts'

describe('Revocations', () => {
  it('ends what is no longer allowed and leaves the rest', async () => {
    const revocations = new Revocations()
    const ended = vi.fn()
    const kept = vi.fn()
    revocations.watch(() => Promise.reject(new Error('signed out')), ended)
    revocations.watch(() => Promise.resolve(), kept)

    revocations.check()

    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce())
    expect(kept).not.toHaveBeenCalled()
  })

  it('forgets what ended by itself', () => {
    const revocations = new Revocations()
    const asked = vi.fn(() => Promise.resolve())
    revocations.watch(asked, () => {})()

    revocations.check()

    expect(asked).not.toHaveBeenCalled()
  })
})
