import { z } from 'zod'
import type { FleetEvents } from '../../fleet/fleet-events.ts'
import { json } from '../json.ts'
import { openApiDocument } from '../open-api.ts'
import { type Route, route } from '../route.ts'
import { eventStream } from '../server-sent-events.ts'

export interface SystemRouteServices {
  /** True once machines can be deployed and both lines are on stdout. */
  readonly isReady: () => boolean
  readonly fleetEvents: Pick<FleetEvents, 'stream'>
  readonly version: string
}

const state = z.object({ state: z.string() })

/** `others` are described in the document beside these. */
export function systemRoutes(services: SystemRouteServices, others: readonly Route[]): Route[] {
  const routes: Route[] = [
    route({
      method: 'get',
      path: '/healthz',
      access: 'open',
      summary: 'Whether the process answers.',
      answer: { status: 200, schema: state },
      handle: () => json({ state: 'ok' }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      access: 'open',
      summary: 'Whether it is ready to serve; 503 until then.',
      answer: { status: 200, schema: state },
      handle: () => (services.isReady() ? json({ state: 'ready' }) : json({ state: 'starting' }, 503)),
    }),
    route({
      method: 'get',
      path: '/api/v1/events',
      access: 'signed-in',
      summary: 'Live changes of machines: `machine {machine}`, `removed {id}`.',
      answer: { status: 200, stream: 'resumable' },
      handle: ({ openStream }) => {
        const { signal, abort } = openStream()
        return eventStream(services.fleetEvents.stream(signal), abort)
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/openapi.json',
      access: 'signed-in',
      summary: 'This document.',
      answer: { status: 200 },
      handle: () => json(openApiDocument([...routes, ...others], services.version)),
    }),
  ]
  return routes
}
