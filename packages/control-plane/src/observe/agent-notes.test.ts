import type { AgentSignals, AgentState } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { AgentNotes } from './agent-notes.ts'
import { KnownSecrets } from './known-secrets.ts'

const signals = (screen: readonly string[] | undefined): AgentSignals => ({
  process: null,
  file: null,
  title: null,
  observedAt: '2026-11-23T00:00:00Z',
  ...(screen ? { screen } : {}),
})
const busy: AgentState = {
  state: 'busy',
  since: '2026-11-23T00:00:00Z',
  source: 'file',
  detail: 'with key-12345678',
}

function notes(hasAgent: boolean, lookUp = async () => ['key-12345678']) {
  const written: unknown[][] = []
  let now = 0
  const taker = new AgentNotes({
    machines: { setSeen: async (id, { agent, lastLine }) => void written.push([id, agent, lastLine]) },
    row: { id: 'm1', agent: null, lastLine: null, gatewayState: null },
    recipe: {
      manifest: { id: 'r', label: '', summary: '', protocols: [], hasAgent },
      stateOf: () => (hasAgent ? busy : null),
      contentOf: (screen) => screen,
    },
    secrets: new KnownSecrets(lookUp, () => now),
    clock: () => new Date(0),
  })
  return { taker, written, wait: (ms: number) => (now += ms) }
}

it('writes the last line of a machine without an agent, once, and keeps it while the worker is silent', async () => {
  const { taker, written } = notes(false)

  await taker.note(signals(undefined))
  await taker.note(signals(['one', '~/work $ ']))
  await taker.note(signals(['two', '~/work $ ']))
  await taker.note(null)
  await taker.note(signals([]))

  expect(written).toEqual([
    ['m1', null, '~/work $'],
    ['m1', null, null],
  ])
})

it('hides the secrets of the machine in its line and in what the agent says', async () => {
  const { taker, written } = notes(true)

  await taker.note(signals(['echo key-12345678']))

  expect(written).toEqual([['m1', { ...busy, detail: 'with [secret]' }, 'echo [secret]']])
})

it('says unknown while the worker is silent', async () => {
  const { taker, written } = notes(true)

  await taker.note(null)

  expect(written).toMatchObject([['m1', { state: 'unknown', source: 'console' }, null]])
})

it('stores nothing from a screen while nobody knows what to hide, and hides old and new keys later', async () => {
  const answers: (readonly string[] | null)[] = [null, null, ['old-key-1234'], ['new-key-1234'], null]
  const { taker, written, wait } = notes(true, async () => {
    const answer = answers.shift()
    if (!answer) throw new Error('no credential')
    return [...answer]
  })

  await taker.note(signals(['old-key-1234']))
  await taker.note(signals(['a old-key-1234']))
  wait(60_000)
  await taker.note(signals(['b old-key-1234 new-key-1234']))
  wait(60_000)
  await taker.note(signals(['c new-key-1234']))

  expect(written[0]).toEqual(['m1', { state: busy.state, since: busy.since, source: busy.source }, null])
  expect(written.slice(1).map(([, , line]) => line)).toEqual([
    'a [secret]',
    'b [secret] [secret]',
    'c [secret]',
  ])
})
