import { AgentMachinesError } from '@agent-machines/core'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApp } from './app.ts'
import { json } from './json.ts'
import { type Route, route } from './route.ts'
import { streamSignal } from './stream-signal.ts'

const echo = route({
  method: 'post',
  path: '/api/v1/things/:id',
  access: 'signed-in',
  summary: 'Echo',
  params: z.object({ id: z.string() }),
  body: z.strictObject({ text: z.string() }),
  bodyLimit: 100,
  answer: { status: 200 },
  handle: ({ params, body }) => json({ id: params.id, text: body.text }),
})
const broken = route({
  method: 'get',
  path: '/api/v1/broken',
  access: 'open',
  summary: 'Breaks',
  answer: { status: 200 },
  handle: () => {
    throw new Error('secret inside')
  },
})

describe('createApp', () => {
  it('answers what the handler gives', async () => {
    const response = await post('{"text":"hi"}')

    expect(await response.json()).toEqual({ id: '7', text: 'hi' })
  })

  it('names the fields that are wrong', async () => {
    const response = await post('{"text":1}')

    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: 'text' }] })
  })

  it('says when a body is not JSON', async () => {
    expect(await (await post('{')).json()).toMatchObject({ code: 'REQUEST_INVALID' })
  })

  it.each([
    ['declared', { 'content-length': '101' }, 'x'],
    ['real', {}, 'x'.repeat(101)],
  ])('refuses a body whose %s size is over the limit', async (_kind, headers, body) => {
    expect(await (await post(body, headers)).json()).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413 })
  })

  it('hides what an unexpected error says and keeps its request id', async () => {
    const response = await appWith([broken]).request('/api/v1/broken')
    const text = await response.text()

    expect(response.status).toBe(500)
    expect(text).not.toContain('secret')
    expect(JSON.parse(text)).toMatchObject({ code: 'INTERNAL', requestId: expect.any(String) })
  })

  it('tells an unknown address from a wrong method', async () => {
    const app = appWith([echo])

    expect(await (await app.request('/api/v1/nothing')).json()).toMatchObject({ code: 'ROUTE_UNKNOWN' })
    expect(await (await app.request('/api/v1/things/7')).json()).toMatchObject({
      code: 'METHOD_NOT_ALLOWED',
      detail: '/api/v1/things/7 takes POST.',
    })
  })

  it('asks who calls before it reads anything', async () => {
    const app = appWith([echo], () => Promise.reject(new AgentMachinesError('HOST_REFUSED')))

    expect((await app.request('/api/v1/things/7', { method: 'POST', body: '{' })).status).toBe(403)
    expect((await app.request('/dashboard')).status).toBe(403)
  })

  it('sends the security headers with every answer, errors included', async () => {
    for (const path of ['/api/v1/broken', '/api/v1/nothing', '/dashboard']) {
      const response = await appWith([broken]).request(path)

      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
})

function appWith(routes: Route[], authorize: () => Promise<null> = () => Promise.resolve(null)) {
  const dashboard = (request: Request) =>
    Promise.resolve(request.url.endsWith('/dashboard') ? new Response('page') : null)
  const openStream = (request: Request) => streamSignal(request)
  return createApp({ routes, authorize, openStream, dashboard, log: pino({ level: 'silent' }) })
}

function post(body: string, headers: Record<string, string> = {}) {
  return appWith([echo]).request('/api/v1/things/7', { method: 'POST', body, headers })
}
