import { AgentMachinesError, parseOrRefuse } from '@agent-machines/core'
import { type Context, Hono } from 'hono'
import type { Logger } from 'pino'
import type { Principal } from '../accounts/principal.ts'
import { bodyReader, readJson } from './parse.ts'
import { problemOf } from './problems.ts'
import type { Access, Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'
import type { StreamSignal } from './stream-signal.ts'

export interface AppOptions {
  readonly routes: readonly Route[]
  /** Decides who asks; throws `HOST_REFUSED`, `ORIGIN_REFUSED` or `SIGN_IN_REQUIRED`. */
  readonly authorize: (request: Request, access: Access) => Promise<Principal | null>
  /** Until when a stream that answers the request goes on. */
  readonly openStream: (request: Request, route: Route) => StreamSignal
  /** Answers what no route matches outside /api: the dashboard. */
  readonly dashboard: (request: Request) => Promise<Response | null>
  readonly log: Logger
}

const bodyLimitBytes = 1024 * 1024

/** The HTTP face: every route of the table, the same errors everywhere, the dashboard for the rest. */
export function createApp({ routes, authorize, openStream, dashboard, log }: AppOptions): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value)
  })
  for (const route of routes) {
    app.on(route.method.toUpperCase(), route.path, async (context) =>
      answer(route, context, authorize, () => openStream(context.req.raw, route)),
    )
  }
  app.notFound(async (context) => {
    await authorize(context.req.raw, 'open')
    const page = context.req.path.startsWith('/api/') ? null : await dashboard(context.req.raw)
    if (page) return page
    throw noRoute(routes, context)
  })
  app.onError((error, context) => problemAnswer(error, context, log))
  return app
}

async function answer(
  route: Route,
  context: Context,
  authorize: AppOptions['authorize'],
  openStream: () => StreamSignal,
): Promise<Response> {
  const principal = await authorize(context.req.raw, route.access)
  const params = route.params ? parseOrRefuse(route.params, context.req.param(), 'path') : undefined
  const query = route.query ? parseOrRefuse(route.query, context.req.query(), 'query') : undefined
  const body = await bodyOf(route, context)
  return route.handle({ params, query, body, principal, context, openStream })
}

/** A body that a route takes nothing from is refused all the same when it is too long or no JSON. */
async function bodyOf({ body, bodyLimit = bodyLimitBytes }: Route, context: Context): Promise<unknown> {
  if (body === 'bytes') return bodyReader(context, bodyLimit)
  if (body !== undefined) return parseOrRefuse(body, await readJson(context, bodyLimit), 'body')
  if (context.req.method !== 'GET') await readJson(context, bodyLimit)
  return undefined
}

function noRoute(routes: readonly Route[], context: Context): AgentMachinesError {
  const path = context.req.path.split('/')
  const taken = routes.filter((route) => {
    const parts = route.path.split('/')
    return parts.length === path.length && parts.every((part, i) => part.startsWith(':') || part === path[i])
  })
  if (taken.length === 0) return new AgentMachinesError('ROUTE_UNKNOWN', `No route ${context.req.path}.`)
  const methods = taken.map((route) => route.method.toUpperCase())
  return new AgentMachinesError('METHOD_NOT_ALLOWED', `${context.req.path} takes ${methods.join(', ')}.`)
}

function problemAnswer(error: unknown, context: Context, log: Logger): Response {
  const problem = problemOf(error, log, { path: context.req.path })
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...securityHeaders },
  })
}
