import { describe, expect, it } from 'vitest'
import { bareBaseUrl } from './model-access.ts'

describe('bareBaseUrl', () => {
  it.each([
    ['http://gw', 'http://gw'],
    ['http://gw/', 'http://gw'],
    ['http://gw/v1', 'http://gw'],
    ['http://gw/api/v1/', 'http://gw/api'],
    ['http://gw/v1beta', 'http://gw/v1beta'],
  ])('makes %s %s', (given, bare) => {
    expect(bareBaseUrl(given)).toBe(bare)
  })
})
