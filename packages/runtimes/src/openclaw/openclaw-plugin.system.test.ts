import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openClawPluginFiles } from './openclaw-plugin.ts'

type Send = (stream: string, data: object, runId?: string) => void

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'am-plugin-'))
  mkdirSync(join(folder, 'told'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  Reflect.deleteProperty(globalThis, Symbol.for('agent-machines'))
  rmSync(folder, { recursive: true, force: true })
})

it('tells by the events of the CLI what the agent does', async () => {
  const send = await load()
  expect(told()).toMatchObject({ pid: process.pid, state: 'started' })

  send('lifecycle', { phase: 'start' })
  expect(told()).toMatchObject({ state: 'busy', since: expect.any(Number) })
  send('tool', { phase: 'start', name: 'ask_user', args: { questions: [{ question: 'Which one?' }] } })
  expect(told()).toMatchObject({ state: 'waiting', asks: 'Which one?' })
  send('tool', { phase: 'result', name: 'ask_user' })
  expect(told().state).toBe('busy')
  send('lifecycle', { phase: 'end' })
  expect(told().state).toBe('idle')
})

it('is limited from the refusal to the next answer, and idle once the CLI has given up', async () => {
  const refused = {
    phase: 'finishing',
    error: 'Rate limit',
    errorObservation: { providerRuntimeFailureKind: 'rate_limit' },
  }
  const send = await load()
  send('lifecycle', { phase: 'start' })
  send('lifecycle', refused)
  expect(told()).toMatchObject({ state: 'limited', message: 'Rate limit' })

  send('run_status', { phase: 'retrying', attempt: 2, delayMs: 5000 })
  send('lifecycle', { phase: 'start' })
  expect(told()).toMatchObject({ state: 'limited', message: 'Rate limit', nextAt: expect.any(Number) })
  send('assistant', { delta: 'Hello' })
  expect(told().state).toBe('busy')
  send('lifecycle', refused)
  send('lifecycle', { phase: 'error', error: 'Rate limit' })
  expect(told().state).toBe('idle')
})

it('is busy until the last of its turns has ended', async () => {
  const send = await load()
  send('lifecycle', { phase: 'start' }, 'a')
  send('lifecycle', { phase: 'start' }, 'b')

  send('lifecycle', { phase: 'error', aborted: true }, 'b')
  expect(told().state).toBe('busy')
  send('lifecycle', { phase: 'end' }, 'a')
  send('assistant', { delta: 'late' }, 'a')
  expect(told().state).toBe('idle')
})

it('leaves no state behind that it could not renew, nor what agents that are gone have left', async () => {
  const gone = join(folder, 'told', `${2 ** 22 + 1}.json`)
  writeFileSync(gone, '{}')
  const send = await load()
  mkdirSync(`${stateFile()}.new`)

  send('lifecycle', { phase: 'start' })

  expect(existsSync(gone)).toBe(false)
  expect(existsSync(stateFile())).toBe(false)
})

it('says nothing in another command of the CLI', async () => {
  await load('config')

  expect(existsSync(stateFile())).toBe(false)
})

async function load(command = 'tui'): Promise<Send> {
  vi.stubEnv('AGENT_MACHINES_STATE', join(folder, 'told'))
  for (const { path, content } of openClawPluginFiles(folder)) writeFileSync(path, content)
  const { argv } = process
  process.argv = ['node', 'openclaw.mjs', command]
  const { default: plugin } = await import(pathToFileURL(join(folder, 'index.mjs')).href)
  process.argv = argv
  const listeners: ((event: object) => void)[] = []
  const events = { onAgentEvent: (listener: (event: object) => void) => listeners.push(listener) }
  plugin.register({ runtime: { events }, on: () => undefined })
  return (stream, data, runId = 'run') => {
    for (const listener of listeners) listener({ runId, stream, data })
  }
}

const stateFile = () => join(folder, 'told', `${process.pid}.json`)
const told = () => JSON.parse(readFileSync(stateFile(), 'utf8'))
