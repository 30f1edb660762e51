import { type ExecEvent, execAnswerSchema, execRequestSchema } from '@agent-machines/core'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { ExecService } from '../../exec/exec-service.ts'
import type { ServerEvent } from '../../streams/server-event.ts'
import { json } from '../json.ts'
import { withErrorEvent } from '../problems.ts'
import { type Route, route } from '../route.ts'
import { eventStream } from '../server-sent-events.ts'
import { machineParams } from './machine-routes.ts'

const errors = [
  'MACHINE_UNKNOWN',
  'MACHINE_ASLEEP',
  'MACHINE_NOT_READY',
  'MACHINE_DESTROYED',
  'BODY_TOO_LARGE',
] as const

export function execRoutes(execs: ExecService, log: Logger): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/machines/:id/exec',
      access: 'signed-in',
      summary: 'Run one command and wait for it.',
      params: machineParams,
      query: z.object({ encoding: z.enum(['utf8', 'base64']).default('utf8') }),
      body: execRequestSchema,
      answer: { status: 200, schema: execAnswerSchema },
      errors,
      handle: async ({ params, query, body, context }) =>
        json(await execs.run(params.id, body, query.encoding, context.req.raw.signal)),
    }),
    route({
      method: 'post',
      path: '/api/v1/machines/:id/exec/stream',
      access: 'signed-in',
      summary: 'Run one command and follow it; closing the request ends its process group.',
      params: machineParams,
      body: execRequestSchema,
      answer: { status: 200, stream: 'once' },
      errors,
      handle: async ({ params, body, openStream }) => {
        const { signal, abort } = openStream()
        const output = await execs.follow(params.id, body, signal)
        return eventStream(withErrorEvent(toServerEvents(output), signal, log), abort)
      },
    }),
  ]
}

async function* toServerEvents(output: AsyncIterable<ExecEvent>): AsyncIterable<ServerEvent> {
  yield { event: 'started', data: {} }
  for await (const event of output) {
    yield event.kind === 'exit'
      ? { event: 'done', data: { exitCode: event.exitCode, ...(event.timedOut ? { timedOut: true } : {}) } }
      : { event: 'output', data: { stream: event.kind, data: Buffer.from(event.bytes).toString('base64') } }
  }
}
