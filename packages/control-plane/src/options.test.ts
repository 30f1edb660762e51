import { describe, expect, it } from 'vitest'
import { installerEnvironment, isLoopback, streamLimitMs } from './options.ts'

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.4', false],
    ['127.0.0.1.example.com', false],
  ])('%s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })
})

describe('installerEnvironment', () => {
  it('passes proxies, certificates and settings of npm and pip, and no key', () => {
    const passed = installerEnvironment({
      HTTPS_PROXY: 'http://proxy',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      npm_config_registry: 'http://registry',
      PIP_INDEX_URL: 'http://registry/simple',
      PIP_TARGET: '/elsewhere',
      ANTHROPIC_API_KEY: 'secret',
      PATH: '/bin',
    })

    expect(Object.keys(passed).sort()).toEqual([
      'HTTPS_PROXY',
      'NODE_EXTRA_CA_CERTS',
      'PIP_INDEX_URL',
      'npm_config_registry',
    ])
  })
})

describe('streamLimitMs', () => {
  it.each([
    ['60', 59_000],
    ['0.5', 450],
    ['', null],
    [undefined, null],
    ['-1', null],
    ['soon', null],
  ])('reads %s as %s', (text, expected) => {
    expect(streamLimitMs({ AGENT_MACHINES_STREAM_LIMIT_S: text })).toBe(expected)
  })
})
