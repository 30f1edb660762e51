import type { CredentialStatus } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import type { DatabaseFacts, DoctorFacts } from './doctor-facts.ts'
import { judgeFacts } from './judge-facts.ts'

const able = {
  sleep: true,
  memoryKept: true,
  streamExec: true,
  attach: true,
  publicUrl: false,
  limits: { cpu: true, memory: true, pids: true },
}
const probe = {
  capabilities: able,
  isolation: 'namespaces',
  network: 'shared-host',
  problems: [],
} as const

const holder = { pid: 7, since: '2030-01-01T00:00:00Z', address: 'http://127.0.0.1:4000' }
const database: DatabaseFacts = { kind: 'embedded', problem: null, version: '18.4.0', holder: null }

const stored: CredentialStatus = {
  name: 'OPENAI_API_KEY',
  label: 'OpenAI',
  kind: 'upstream',
  opens: 'OpenAI',
  configured: true,
  source: 'stored',
  last4: 'wxyz',
  baseUrl: null,
  protocols: null,
  updatedAt: null,
  usedBy: ['one'],
}

const healthy: DoctorFacts = {
  nodeVersion: '20.19.0',
  tmuxVersion: 'tmux 3.3a',
  installLine: null,
  substrates: [{ label: 'This computer', probe }],
  dataDirectory: { path: '/data', problem: null, freeBytes: 50e9 },
  port: { number: 3210, state: 'ours', holder: null },
  database,
  kept: null,
  credentials: [{ name: 'ANTHROPIC_API_KEY', value: 'sk-ant-abc' }],
}

describe('the doctor', () => {
  it('finds nothing wrong where everything is there', () => {
    const findings = judgeFacts(healthy)

    expect(findings.map(({ state }) => state)).toEqual(findings.map(() => 'ok'))
    expect(findings.every(({ fix }) => fix === null)).toBe(true)
  })

  const cases: [string, Partial<DoctorFacts>, string, 'warn' | 'fail'][] = [
    ['an old Node', { nodeVersion: '18.20.1' }, 'node', 'fail'],
    ['a Node a little too old', { nodeVersion: '20.18.9' }, 'node', 'fail'],
    ['no tmux', { tmuxVersion: null, installLine: 'apt-get install tmux' }, 'tmux', 'fail'],
    ['an old tmux', { tmuxVersion: 'tmux 2.9a' }, 'tmux', 'fail'],
    ['a taken port', { port: { number: 3210, state: 'taken', holder: null } }, 'port', 'fail'],
    ['little disk', { dataDirectory: { path: '/d', problem: null, freeBytes: 1.5e9 } }, 'disk', 'warn'],
    ['no disk', { dataDirectory: { path: '/d', problem: null, freeBytes: 1e8 } }, 'disk', 'fail'],
    [
      'a closed folder',
      { dataDirectory: { path: '/d', problem: 'EACCES', freeBytes: 1e12 } },
      'data-directory',
      'fail',
    ],
    ['a dead server', { database: { ...database, kind: 'server', problem: 'refused' } }, 'database', 'fail'],
    [
      'a broken key',
      { credentials: [{ name: 'E2B_API_KEY', value: 'e2b_ x' }] },
      'credential:E2B_API_KEY',
      'fail',
    ],
    [
      'a mixed-up key',
      { credentials: [{ name: 'OPENAI_API_KEY', value: 'xx' }] },
      'credential:OPENAI_API_KEY',
      'warn',
    ],
    [
      'a data directory that another control plane has open',
      { database: { ...database, holder }, port: { number: 3210, state: 'free', holder: null } },
      'database',
      'warn',
    ],
    ['a key that the control plane refuses', { kept: 'refused' }, 'api-key', 'warn'],
    [
      'a stored key that travels in the clear',
      { kept: [{ ...stored, baseUrl: 'http://models.example' }] },
      'credential:OPENAI_API_KEY',
      'warn',
    ],
    ['no credential at all', { credentials: [], kept: [] }, 'credentials', 'warn'],
    [
      'machines that cannot sleep',
      { substrates: [{ label: 'Here', probe: { ...probe, capabilities: { ...able, sleep: false } } }] },
      'substrate:Here',
      'warn',
    ],
  ]
  for (const [name, change, id, state] of cases) {
    it(`names ${name} and what to do`, () => {
      const bad = judgeFacts({ ...healthy, ...change }).filter((finding) => finding.state !== 'ok')

      expect(bad).toMatchObject([{ id, state }])
      expect(bad[0]?.fix).toBeTruthy()
    })
  }

  it('passes on what the substrate says is wrong', () => {
    const problems = [{ message: 'User namespaces are off.', fix: 'sysctl …' }]
    const substrates = [{ label: 'This computer', probe: { ...probe, problems } }]

    const bad = judgeFacts({ ...healthy, substrates }).filter((finding) => finding.state !== 'ok')

    expect(bad).toMatchObject([{ state: 'fail', message: 'User namespaces are off.', fix: 'sysctl …' }])
  })

  const told: [string, Partial<DoctorFacts>, string, RegExp][] = [
    [
      'who holds a port',
      { port: { number: 3210, state: 'taken', holder: 'nginx (process 812)' } },
      'port',
      /nginx \(process 812\)/,
    ],
    ['who has the database open', { database: { ...database, holder } }, 'database', /:4000 \(process 7/],
    ['which database it is', {}, 'database', /Embedded Postgres 18\.4\.0; nobody/],
    ['which credentials are stored', { kept: [stored] }, 'credential:OPENAI_API_KEY', /wxyz, used by one/],
  ]
  it.each(told)('says %s', (_, change, id, words) => {
    const finding = judgeFacts({ ...healthy, ...change }).find((each) => each.id === id)

    expect(finding?.message).toMatch(words)
  })

  it('passes on every problem of a substrate', () => {
    const problems = ['one', 'two'].map((message) => ({ message, fix: `fix ${message}` }))
    const findings = judgeFacts({
      ...healthy,
      substrates: [{ label: 'Here', probe: { ...probe, problems } }],
    })

    expect(findings.filter(({ state }) => state === 'fail').map(({ message }) => message)).toEqual([
      'one',
      'two',
    ])
  })

  it('never shows a key', () => {
    const credentials = [{ name: 'OPENAI_API_KEY', value: 'secret value' }]

    expect(JSON.stringify(judgeFacts({ ...healthy, credentials }))).not.toContain('secret value')
  })
})
