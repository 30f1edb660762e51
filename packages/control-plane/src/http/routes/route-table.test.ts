import { errorCatalog } from '@agent-machines/core'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createApp } from '../app.ts'
import { json } from '../json.ts'
import type { Route } from '../route.ts'
import { streamSignal } from '../stream-signal.ts'
import { routeTable } from './route-table.ts'

const open = ['GET /healthz', 'GET /readyz', 'POST /api/v1/session']
const table = routeTable()
const requests = table.filter(({ method }) => method !== 'WebSocket')

describe('routeTable', () => {
  it('is what the router serves, route by route', () => {
    const app = createApp({
      openStream: (request) => streamSignal(request),
      routes: requests.map(asRoute),
      authorize: () => Promise.resolve(null),
      dashboard: () => Promise.resolve(null),
      log: pino({ level: 'silent' }),
    })

    const served = app.routes.filter(({ method }) => method !== 'ALL').map(named)

    expect(served.toSorted()).toEqual(requests.map(named).toSorted())
    expect(new Set(served).size).toBe(served.length)
  })

  it('leaves only the states of the process and signing in open to everybody', () => {
    expect(
      table
        .filter(({ access }) => access === 'open')
        .map(named)
        .toSorted(),
    ).toEqual(open.toSorted())
  })

  it.each(table)('says who may call $method $path', async ({ method, path, access }) => {
    expect(['open', 'signed-in', 'bearer']).toContain(access)
    if (method === 'WebSocket') return

    const asked: string[] = []
    const app = createApp({
      openStream: (request) => streamSignal(request),
      routes: requests.map(asRoute),
      authorize: (_request, wanted) => {
        asked.push(wanted)
        return Promise.resolve(null)
      },
      dashboard: () => Promise.resolve(null),
      log: pino({ level: 'silent' }),
    })
    await app.request(path.replaceAll(/:\w+/g, 'x'), { method })

    expect(asked).toEqual([access])
  })

  it('names only errors that the catalogue has', () => {
    expect(table.flatMap(({ errors }) => errors).filter((code) => !(code in errorCatalog))).toEqual([])
  })
})

const named = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

function asRoute({ method, path, access, summary, answer }: (typeof table)[number]): Route {
  return {
    method: method.toLowerCase() as Route['method'],
    path,
    access,
    summary,
    answer: { status: answer.status },
    handle: () => json({}),
  }
}
