import { describe, expect, it } from 'vitest'
import { RecentPrincipals } from './recent-principals.ts'

const principal = { kind: 'api-key', id: '1', workspace: 'w' } as const
const at = (ms: number) => new Date(1_000_000 + ms)

describe('RecentPrincipals', () => {
  it('knows a secret for less than a second', () => {
    const recent = new RecentPrincipals()
    recent.remember('a', principal, at(0))

    expect(recent.find('a', at(999))).toEqual(principal)
    expect(recent.find('a', at(1000))).toBeUndefined()
    expect(recent.find('b', at(0))).toBeUndefined()
  })

  it('forgets everything when something is revoked', () => {
    const recent = new RecentPrincipals()
    recent.remember('a', principal, at(0))
    recent.forgetAll()

    expect(recent.find('a', at(0))).toBeUndefined()
  })

  it('stays bounded', () => {
    const recent = new RecentPrincipals()
    for (let i = 0; i < 5000; i++) recent.remember(String(i), principal, at(0))

    const kept = Array.from({ length: 5000 }, (_, i) => recent.find(String(i), at(0))).filter(Boolean)
    expect(kept.length).toBeLessThanOrEqual(1000)
  })
})
