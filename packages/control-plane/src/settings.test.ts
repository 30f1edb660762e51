import { expect, it } from 'vitest'
import { readSettings } from './settings.ts'

it('listens on loopback and logs warnings unless told otherwise, also by empty variables', () => {
  const usual = { host: '127.0.0.1', port: 3210, logLevel: 'warn' }
  expect(readSettings({})).toEqual(usual)
  expect(
    readSettings({ HOST: '', PORT: '', AGENT_MACHINES_LOG_LEVEL: '', AGENT_MACHINES_PUBLIC_URL: '' }),
  ).toEqual(usual)
  expect(readSettings({ HOST: '::1', PORT: '0', AGENT_MACHINES_LOG_LEVEL: 'debug' })).toEqual({
    host: '::1',
    port: 0,
    logLevel: 'debug',
  })
})

it.each([
  ['PORT', 'abc'],
  ['PORT', '99999'],
  ['PORT', '-1'],
  ['AGENT_MACHINES_LOG_LEVEL', 'loud'],
  ['AGENT_MACHINES_PUBLIC_URL', 'machines.example.com'],
  ['AGENT_MACHINES_PUBLIC_URL', 'machines.example.com:443'],
])('refuses %s=%s by its name', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrowError(new RegExp(`^${name} is "${value}"; it takes`))
})
