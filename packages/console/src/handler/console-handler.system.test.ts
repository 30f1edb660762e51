import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConsoleEvent, ConsoleOpened, Problem } from '@agent-machines/core'
import { afterEach, describe, expect, it } from 'vitest'
import { endConsoles, realTimers } from '../testing/console-machine.ts'
import { localExec } from '../testing/local-exec.ts'
import { Viewer } from '../testing/viewer.ts'
import { workerProgram } from '../worker/console-worker-files.ts'
import { type ConsoleHandlerOptions, createConsoleHandler } from './console-handler.ts'

const origin = 'http://127.0.0.1:7681'
const cleanups: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

describe('the console handler', () => {
  it('opens a shell on a bare host, types into it and streams what it prints', async () => {
    const host = aHost()

    const opened = await host.open('me')
    const viewer = await host.view('client=me')
    const acked = await host.post('/input', { client: 'me', seq: 1, data: base64('echo a$((1+1))b\r') })
    await viewer.until((screen) => screen.includes('a2b'))

    expect(opened).toMatchObject({ session: 'shell', expected: 1, transports: ['sse', 'poll'] })
    expect(await acked.json()).toEqual({ acked: 1, epoch: opened.epoch })
  })

  it('answers the same events by poll, from a cursor on', async () => {
    const host = aHost()
    await host.open('me')
    const first = await host.poll('client=me')
    const cursor = idOf(first)

    await host.post('/paste', { client: 'me', seq: 1, data: base64('echo here\n') })
    const next = await host.poll(`client=me&cursor=${encodeURIComponent(cursor)}&waitMs=5000`)

    expect(first.map(({ event }) => event)).toEqual(expect.arrayContaining(['started', 'snapshot']))
    expect(next.map(({ event }) => event)).not.toContain('snapshot')
  })

  it('puts its program there when it is missing or another version, and leaves it when it is the same', async () => {
    const host = aHost()
    await host.open('me')
    const program = join(host.home, workerProgram)
    const { ino } = statSync(program)

    await host.again().open('me')
    const untouched = statSync(program).ino
    writeFileSync(program, '#!/bin/sh\nexit 1\n')
    await host.again().open('me')

    expect(untouched).toBe(ino)
    expect(statSync(program).mode & 0o777).toBe(0o700)
    expect(statSync(program).size).toBeGreaterThan(1000)
  })

  it('says what is missing on a host without tmux', async () => {
    const host = aHost({ PATH: '/nowhere' })

    const answer = await host.post('', { cols: 80, rows: 24 })

    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ code: 'SUBSTRATE_INVALID', status: 422 })
  })

  it('serves below its path only, and on every session that is asked for', async () => {
    const host = aHost({}, { path: '/console/' })

    const outside = await host.handler.fetch(new Request(`${origin}/consoles`, { method: 'POST' }))
    const inside = await host.post('/console', { cols: 80, rows: 24, session: 'second' })

    expect(outside.status).toBe(404)
    expect(await inside.json()).toMatchObject({ session: 'second' })
  })

  const strangers: [string, string, RequestInit, string][] = [
    ['a page of another origin', `${origin}/`, { headers: { origin: 'http://evil.test' } }, 'ORIGIN_REFUSED'],
    ['a page without an origin', `${origin}/`, { headers: { origin: 'null' } }, 'ORIGIN_REFUSED'],
    ['a name rebound to this address', 'http://evil.test:7681/', {}, 'HOST_REFUSED'],
    ['a form', `${origin}/`, { headers: { 'content-type': 'text/plain' } }, 'REQUEST_INVALID'],
  ]
  for (const [what, url, init, code] of strangers) {
    it(`refuses ${what} before the host is asked`, async () => {
      const { handler } = aHost({ PATH: '/nowhere' })

      const answer = await handler.fetch(new Request(url, { method: 'POST', body: '{}', ...init }))

      expect(((await answer.json()) as Problem).code).toBe(code)
    })
  }

  it('names every field that is wrong', async () => {
    const answer = await aHost().post('/input', { client: 'me', seq: 0, data: '%' })

    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: 'seq' }, {}] })
  })
})

function aHost(environment: Record<string, string> = {}, options: Partial<ConsoleHandlerOptions> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'am-handler-'))
  cleanups.push(() => {
    endConsoles(home)
    rmSync(home, { recursive: true, force: true })
  })
  return hostAt(home, environment, options)
}

function hostAt(home: string, environment: Record<string, string>, options: Partial<ConsoleHandlerOptions>) {
  const handler = createConsoleHandler({
    exec: localExec(home, environment),
    timers: realTimers,
    randomId: () => randomBytes(8).toString('hex'),
    ...options,
  })
  cleanups.push(() => handler.close())
  const post = (path: string, body: unknown) => handler.fetch(jsonRequest(path, body))
  return {
    home,
    handler,
    post,
    again: () => hostAt(home, environment, options),
    open: async (client: string) =>
      (await (await post('', { cols: 80, rows: 24, client })).json()) as ConsoleOpened,
    view: async (query: string) => {
      const stop = new AbortController()
      cleanups.push(() => stop.abort())
      const request = new Request(`${origin}/stream?${query}`, { signal: stop.signal })
      return new Viewer(eventsOf(await handler.fetch(request)))
    },
    poll: async (query: string) => {
      const answer = await handler.fetch(new Request(`${origin}/poll?${query}`))
      return ((await answer.json()) as { events: ConsoleEvent[] }).events
    },
  }
}

function jsonRequest(path: string, body: unknown): Request {
  const headers = { 'content-type': 'application/json', origin }
  return new Request(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function* eventsOf(answer: Response): AsyncGenerator<ConsoleEvent> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of answer.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    const messages = text.split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      const fields = new Map(message.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]))
      yield {
        event: fields.get('event'),
        id: fields.get('id'),
        data: JSON.parse(fields.get('data') ?? ''),
      } as ConsoleEvent
    }
  }
}

function idOf(events: readonly ConsoleEvent[]): string {
  return events.flatMap((event) => ('id' in event ? [event.id] : [])).at(-1) ?? ''
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
