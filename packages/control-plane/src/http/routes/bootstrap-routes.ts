import type { Logger } from 'pino'
import type { BootstrapStream } from '../../deploy/bootstrap-stream.ts'
import { withErrorEvent } from '../problems.ts'
import { type Route, route } from '../route.ts'
import { eventStream } from '../server-sent-events.ts'
import { machineParams } from './machine-routes.ts'

export function bootstrapRoutes(bootstraps: BootstrapStream, log: Logger): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/machines/:id/bootstrap/stream',
      access: 'signed-in',
      summary: 'Follow a bootstrap from its beginning: `phase`, `log`, `done`; `Last-Event-ID` continues.',
      params: machineParams,
      answer: { status: 200, stream: 'resumable' },
      errors: ['MACHINE_UNKNOWN', 'MACHINE_DESTROYED'],
      handle: async ({ params, context, openStream }) => {
        const { signal, abort } = openStream()
        const events = await bootstraps.open(params.id, context.req.header('last-event-id'), signal)
        return eventStream(withErrorEvent(events, signal, log), abort)
      },
    }),
  ]
}
