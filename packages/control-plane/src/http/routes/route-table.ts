import { type ErrorCode, streamQuerySchema } from '@agent-machines/core'
import type { Access } from '../route.ts'
import { createRoutes, type RouteServices } from './create-routes.ts'

export interface DescribedRoute {
  /** `GET`, `POST` …; `WebSocket` for the one that is upgraded. */
  readonly method: string
  readonly path: string
  readonly access: Access
  readonly summary: string
  readonly takes: { readonly query: readonly string[]; readonly body: readonly string[] }
  readonly answer: { readonly status: number; readonly isStream: boolean }
  readonly errors: readonly ErrorCode[]
}

/** Every route without what stands behind it, for documents and tests; the console's WebSocket included. */
export function routeTable(): DescribedRoute[] {
  const routes = createRoutes(nothing as RouteServices).map((route) => ({
    method: route.method.toUpperCase(),
    path: route.path,
    access: route.access,
    summary: route.summary,
    takes: { query: fieldsOf(route.query), body: fieldsOf(route.body) },
    answer: { status: route.answer.status, isStream: route.answer.stream !== undefined },
    errors: route.errors ?? [],
  }))
  return [...routes, consoleSocket]
}

const consoleSocket: DescribedRoute = {
  method: 'WebSocket',
  path: '/api/v1/machines/:id/console/socket',
  access: 'signed-in',
  summary: 'Follow a console and type into it over one connection, subprotocol `am.console.v1`.',
  takes: { query: fieldsOf(streamQuerySchema), body: [] },
  answer: { status: 101, isStream: true },
  errors: ['MACHINE_UNKNOWN', 'MACHINE_ASLEEP', 'MACHINE_NOT_READY', 'MACHINE_DESTROYED'],
}

/** Stands for every service; a route only touches one when it is called. */
const nothing: object = new Proxy({}, { get: () => nothing })

function fieldsOf(schema: unknown): string[] {
  const shape = isObjectSchema(schema) ? schema.shape : {}
  return Object.keys(shape)
}

function isObjectSchema(schema: unknown): schema is { shape: Record<string, unknown> } {
  return typeof schema === 'object' && schema !== null && 'shape' in schema && schema.shape !== null
}
