import { AgentMachinesError, toProblem } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { createClient } from './create-client.ts'

describe('the client', () => {
  it('rebuilds the error that the control plane answered', async () => {
    const error = new AgentMachinesError('INPUT_GAP', 'Number 4 is missing.', { details: { expected: 4 } })
    const { client } = aClient(() => json(toProblem(error, 'r1'), 409))

    const answer = client.machines.get('m1')

    await expect(answer).rejects.toMatchObject({
      code: 'INPUT_GAP',
      message: 'Number 4 is missing.',
      details: { expected: 4 },
    })
  })

  const foreign: [string, () => Response | Promise<Response>, string][] = [
    ['nobody answers', () => Promise.reject(new TypeError('fetch failed')), 'CONTROL_PLANE_UNREACHABLE'],
    [
      'a proxy finds nobody',
      () => new Response('<h1>Bad Gateway</h1>', { status: 502 }),
      'CONTROL_PLANE_UNREACHABLE',
    ],
    ['a stranger refuses', () => new Response('no', { status: 403 }), 'INTERNAL'],
    ['a stranger answers', () => new Response('<html>', { status: 200 }), 'INTERNAL'],
    ['the answer has another form', () => json({ hello: 1 }), 'INTERNAL'],
  ]
  for (const [name, respond, code] of foreign) {
    it(`says ${code} when ${name}`, async () => {
      const { client } = aClient(respond)

      await expect(client.me()).rejects.toMatchObject({ name: 'AgentMachinesError', code })
    })
  }

  it('passes the caller’s own abort on as it is', async () => {
    const { client } = aClient(() => Promise.reject(new TypeError('aborted')))
    const reason = new Error('enough')

    await expect(client.me({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('gives every deploy a key of its own, or the one it is told', async () => {
    const { client, requests } = aClient(() => json({}, 500))
    const machine = { runtime: 'shell', substrate: 'local' }

    for (const options of [{}, {}, { idempotencyKey: 'mine' }]) {
      await client.machines.create(machine, options).catch(() => null)
    }

    const keys = requests.map(({ headers }) => headers.get('idempotency-key'))
    expect(new Set(keys).size).toBe(3)
    expect(keys[2]).toBe('mine')
  })

  it('asks for its headers anew each time and never puts them into the address', async () => {
    let proof = 'first'
    const { client, requests } = aClient(
      () => new Response(null, { status: 204 }),
      () => ({ 'X-AM-Proof': proof }),
    )

    await client.session.delete()
    proof = 'second'
    await client.machines.destroy('a/b')

    expect(requests.map(({ headers }) => headers.get('x-am-proof'))).toEqual(['first', 'second'])
    expect(requests[1]?.url).toBe('http://plane/api/v1/machines/a%2Fb')
  })

  it('follows a bootstrap across broken connections without repeating a line', async () => {
    const streams = [
      'id: 1\nevent: log\ndata: {"phase":"a","text":"one"}\n\n',
      'event: idle\ndata: {}\n\nid: 2\nevent: log\ndata: {"phase":"a","text":"two"}\n\nevent: done\ndata: {"state":"done"}\n\n',
    ]
    const { client, requests } = aClient(() => eventStream(streams[requests.length - 1] ?? ''))

    const events: unknown[] = []
    for await (const event of client.machines.bootstrapStream('m1')) events.push(event)

    expect(events).toEqual([
      { event: 'log', phase: 'a', text: 'one' },
      { event: 'log', phase: 'a', text: 'two' },
      { event: 'done', state: 'done' },
    ])
    expect(requests.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '1'])
  })

  it('never takes a command for ended when its stream broke', async () => {
    const { client } = aClient(() => eventStream('event: started\ndata: {}\n\n'))
    const read = async () => {
      for await (const _ of client.machines.execStream('m1', { command: 'true' }));
    }

    await expect(read()).rejects.toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })
  })

  it('announces every connection of the fleet stream', async () => {
    const { client } = aClient(() => eventStream('event: removed\ndata: {"id":"m1"}\n\n'))

    const events: string[] = []
    for await (const { event } of client.events()) {
      events.push(event)
      if (events.length === 4) break
    }

    expect(events).toEqual(['connected', 'removed', 'connected', 'removed'])
  })
})

function aClient(respond: () => Response | Promise<Response>, headers?: () => Record<string, string>) {
  const requests: { url: string; headers: Headers }[] = []
  const client = createClient({
    baseUrl: 'http://plane/',
    fetch: async (url, init) => {
      requests.push({ url, headers: new Headers(init.headers) })
      return respond()
    },
    pause: async () => {},
    ...(headers ? { headers } : {}),
  })
  return { client, requests }
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

function eventStream(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}
