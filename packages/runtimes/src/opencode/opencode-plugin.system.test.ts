import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openCodePlugin } from './opencode-plugin.ts'

type Send = (type: string, properties: object) => Promise<void>

let folder: string
const aborted: string[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'am-plugin-'))
  aborted.length = 0
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const busy = { type: 'busy' }
const idle = { type: 'idle' }
const retry = (attempt: number) => ({ type: 'retry', attempt, message: 'Rate limited', next: 5000 })

it('tells by the events of the CLI what the agent does', async () => {
  const send = await load({ AGENT_MACHINES_STATE: folder })
  expect(told()).toMatchObject({ pid: process.pid, state: 'starting' })

  await openPrompt()
  expect(told().state).toBe('idle')
  await send('session.status', { sessionID: 'a', status: busy })
  expect(told().state).toBe('busy')
  await send('permission.asked', {
    id: 'p',
    sessionID: 'a',
    metadata: { command: 'rm x' },
    patterns: ['rm *'],
  })
  expect(told()).toMatchObject({ state: 'waiting', waitingFor: 'permission', asks: 'rm x' })
  await send('permission.replied', { sessionID: 'a', requestID: 'p', reply: 'once' })
  expect(told().state).toBe('busy')
  await send('session.status', { sessionID: 'a', status: retry(1) })
  expect(told()).toMatchObject({ state: 'retrying', message: 'Rate limited', nextAt: 5000 })
  await send('session.status', { sessionID: 'a', status: idle })
  expect(told().state).toBe('idle')
})

it('is busy until the last of its conversations is idle', async () => {
  const send = await load({ AGENT_MACHINES_STATE: folder })
  await openPrompt()
  await send('session.status', { sessionID: 'a', status: busy })
  await send('session.status', { sessionID: 'child', status: busy })
  await send('session.status', { sessionID: 'child', status: idle })
  expect(told().state).toBe('busy')

  await send('session.status', { sessionID: 'a', status: idle })
  expect(told().state).toBe('idle')
})

it('keeps the name of the conversation a person spoke to, not that of a helper in it', async () => {
  const send = await load({ AGENT_MACHINES_STATE: folder })
  await send('session.status', { sessionID: 'a', status: busy })
  await send('session.status', { sessionID: 'child', status: busy })
  await send('session.status', { sessionID: 'child', status: idle })

  expect(readFileSync(join(folder, 'conversation'), 'utf8')).toBe('a')
})

it('waits for nothing that was asked in a conversation that ended', async () => {
  const send = await load({ AGENT_MACHINES_STATE: folder })
  await openPrompt()
  await send('session.status', { sessionID: 'a', status: busy })
  await send('question.asked', { id: 'q', sessionID: 'a', questions: [{ question: 'Which one?' }] })
  expect(told()).toMatchObject({ state: 'waiting', waitingFor: 'question', asks: 'Which one?' })

  await send('session.status', { sessionID: 'a', status: idle })
  expect(told().state).toBe('idle')
})

it('leaves no state behind that it could not renew', async () => {
  const send = await load({ AGENT_MACHINES_STATE: folder })
  mkdirSync(`${stateFile()}.new`)

  await send('session.status', { sessionID: 'a', status: busy })

  expect(existsSync(stateFile())).toBe(false)
})

it('removes what agents that are gone have left', async () => {
  const gone = join(folder, `${2 ** 22 + 1}.json`)
  writeFileSync(gone, '{}')

  await load({ AGENT_MACHINES_STATE: folder })

  expect(existsSync(gone)).toBe(false)
  expect(told().state).toBe('starting')
})

it('gives up after so many tries in a run, and writes no state there', async () => {
  const printed: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  const send = await load({ AGENT_MACHINES_STATE: '', AGENT_MACHINES_TRIES: '2' })

  await send('session.status', { sessionID: 'a', status: retry(1) })
  await send('session.status', { sessionID: 'a', status: retry(2) })

  vi.mocked(process.stdout.write).mockRestore()
  const lines = printed.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text))
  expect(lines).toEqual([
    { type: 'retry', sessionID: 'a', message: 'Rate limited', last: false },
    { type: 'retry', sessionID: 'a', message: 'Rate limited', last: true },
  ])
  expect(aborted).toEqual(['a'])
  expect(existsSync(stateFile())).toBe(false)
})

async function load(environment: Record<string, string>): Promise<Send> {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const path = join(folder, 'plugin.mjs')
  writeFileSync(path, openCodePlugin)
  const { AgentMachines } = await import(pathToFileURL(path).href)
  const abort = ({ path }: { path: { id: string } }) => aborted.push(path.id)
  const hooks = await AgentMachines({ client: { session: { abort } } })
  return (type, properties) => hooks.event({ event: { type, properties } })
}

/** As the CLI does: its renderer listens for Ctrl-C, and then its prompt. */
async function openPrompt(): Promise<void> {
  const listeners = [vi.fn(), vi.fn()]
  for (const listener of listeners) process.on('SIGINT', listener)
  for (const listener of listeners) process.off('SIGINT', listener)
  await setImmediate()
}

const stateFile = () => join(folder, `${process.pid}.json`)
const told = () => JSON.parse(readFileSync(stateFile(), 'utf8'))
