import { AgentMachinesError } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { allowListOf } from './allow-list.ts'
import { type AccessRequest, decideAccess, proofOfSubprotocols } from './decide-access.ts'

const local = allowListOf(3210)
const proxied = allowListOf(3210, 'https://machines.example.com')
const session = { check: 'session', cookie: 'c00kie', proof: 'pr00f' }
const apiKey = { check: 'api-key', key: 'am_abc' }

const page: AccessRequest = {
  method: 'GET',
  transport: 'http',
  host: '127.0.0.1:3210',
  origin: undefined,
  secFetchSite: 'same-origin',
  authorization: undefined,
  cookie: 'c00kie',
  proof: 'pr00f',
}
const program: AccessRequest = {
  ...page,
  secFetchSite: undefined,
  cookie: undefined,
  proof: undefined,
  authorization: 'Bearer am_abc',
}
const own = 'http://127.0.0.1:3210'
const socket: AccessRequest = { ...page, transport: 'websocket', origin: own, secFetchSite: undefined }

type Case = [name: string, request: AccessRequest, answer: unknown]
const cases: Case[] = [
  ['a page reading from its own origin', page, session],
  ['a page that sends no Sec-Fetch-Site', { ...page, secFetchSite: undefined }, session],
  ['a page posting from its own origin', { ...page, method: 'POST', origin: own }, session],
  [
    'a page opened as localhost',
    { ...page, host: 'localhost:3210', origin: 'http://localhost:3210' },
    session,
  ],
  [
    'a page opened over IPv6',
    { ...page, method: 'PUT', host: '[::1]:3210', origin: 'http://[::1]:3210' },
    session,
  ],
  ['a host in capitals', { ...page, host: 'LOCALHOST:3210' }, session],
  ['a console of the page', socket, session],

  ['a rebound name of another site', { ...page, host: 'evil.example:3210' }, 'HOST_REFUSED'],
  ['a rebound name with an API key', { ...program, host: 'evil.example:3210' }, 'HOST_REFUSED'],
  ['a name that begins like ours', { ...page, host: 'localhost.evil.example:3210' }, 'HOST_REFUSED'],
  ['our name at another port', { ...page, host: '127.0.0.1:3211' }, 'HOST_REFUSED'],
  ['our name without its port', { ...page, host: '127.0.0.1' }, 'HOST_REFUSED'],
  ['another loopback address', { ...page, host: '127.0.0.2:3210' }, 'HOST_REFUSED'],
  ['IPv6 without brackets', { ...page, host: '::1:3210' }, 'HOST_REFUSED'],
  ['no host at all', { ...page, host: undefined }, 'HOST_REFUSED'],
  ['the public name where none is set', { ...page, host: 'machines.example.com' }, 'HOST_REFUSED'],

  ['another site', { ...page, origin: 'https://evil.example' }, 'ORIGIN_REFUSED'],
  ['another port of this host', { ...page, origin: 'http://127.0.0.1:8080' }, 'ORIGIN_REFUSED'],
  ['another scheme', { ...page, origin: 'https://127.0.0.1:3210' }, 'ORIGIN_REFUSED'],
  ['a sandboxed frame or a file', { ...page, origin: 'null' }, 'ORIGIN_REFUSED'],
  ['an empty origin', { ...page, origin: '' }, 'ORIGIN_REFUSED'],
  ['the same host as another site', { ...page, secFetchSite: 'same-site' }, 'ORIGIN_REFUSED'],
  ['a cross-site read', { ...page, secFetchSite: 'cross-site' }, 'ORIGIN_REFUSED'],
  ['a typed address', { ...page, secFetchSite: 'none' }, 'ORIGIN_REFUSED'],
  [
    'a cross-site request with our origin',
    { ...page, origin: own, secFetchSite: 'cross-site' },
    'ORIGIN_REFUSED',
  ],
  ['a POST without an origin', { ...page, method: 'POST' }, 'ORIGIN_REFUSED'],
  ['a PUT without an origin', { ...page, method: 'PUT' }, 'ORIGIN_REFUSED'],
  ['a PATCH without an origin', { ...page, method: 'PATCH' }, 'ORIGIN_REFUSED'],
  ['a DELETE without an origin', { ...page, method: 'delete' }, 'ORIGIN_REFUSED'],
  ['a console without an origin', { ...socket, origin: undefined }, 'ORIGIN_REFUSED'],
  ['a console of another port', { ...socket, origin: 'http://localhost:5173' }, 'ORIGIN_REFUSED'],

  ['a cookie alone', { ...page, proof: undefined }, 'SIGN_IN_REQUIRED'],
  ['a cookie with an empty proof', { ...page, proof: '' }, 'SIGN_IN_REQUIRED'],
  ['a console with a cookie alone', { ...socket, proof: undefined }, 'SIGN_IN_REQUIRED'],
  ['a proof alone', { ...page, cookie: undefined }, 'SIGN_IN_REQUIRED'],
  ['nothing at all', { ...page, cookie: undefined, proof: undefined }, 'SIGN_IN_REQUIRED'],

  ['a program with a key', program, apiKey],
  ['a program that posts without an origin', { ...program, method: 'POST' }, apiKey],
  ['a program with a foreign origin', { ...program, origin: 'https://other.example' }, apiKey],
  ['a console of a program', { ...program, transport: 'websocket' }, apiKey],
  ['a scheme in lower case', { ...program, authorization: 'bearer am_abc' }, apiKey],
  ['a key of another kind', { ...program, authorization: 'Bearer sk-abc' }, 'SIGN_IN_REQUIRED'],
  ['a user name and password', { ...program, authorization: 'Basic YTpi' }, 'SIGN_IN_REQUIRED'],
  ['a bad key beside a good cookie', { ...page, authorization: 'Bearer nonsense' }, 'SIGN_IN_REQUIRED'],
]

const proxiedCases: Case[] = [
  [
    'a page at the public address',
    { ...page, method: 'POST', host: 'machines.example.com', origin: 'https://machines.example.com' },
    session,
  ],
  ['the public name with its port written out', { ...page, host: 'machines.example.com:443' }, session],
  [
    'a proxy that sends our own host',
    { ...page, method: 'POST', origin: 'https://machines.example.com' },
    session,
  ],
  ['the public name over plain http', { ...page, origin: 'http://machines.example.com' }, 'ORIGIN_REFUSED'],
  ['a name below the public one', { ...page, host: 'a.machines.example.com' }, 'HOST_REFUSED'],
  ['the loopback address as before', page, session],
]

describe('decideAccess', () => {
  it.each(cases)('%s', (_name, request, answer) => {
    expect(outcomeOf(request, local)).toEqual(answer)
  })

  it.each(proxiedCases)('behind a proxy: %s', (_name, request, answer) => {
    expect(outcomeOf(request, proxied)).toEqual(answer)
  })
})

describe('proofOfSubprotocols', () => {
  it.each([
    ['am.console.v1, am.proof.abc-_9', 'abc-_9'],
    ['am.proof.abc,am.console.v1', 'abc'],
    ['am.console.v1', undefined],
    ['am.proof.', undefined],
    [undefined, undefined],
  ])('reads %s', (header, proof) => {
    expect(proofOfSubprotocols(header)).toBe(proof)
  })
})

function outcomeOf(request: AccessRequest, allowList: ReturnType<typeof allowListOf>): unknown {
  try {
    return decideAccess(request, allowList)
  } catch (error) {
    if (error instanceof AgentMachinesError) return error.code
    throw error
  }
}
