import { chatSchema, createRunSchema, pageOf, runListQuerySchema, runSchema } from '@agent-machines/core'
import type { Logger } from 'pino'
import type { RunService } from '../../runs/run-service.ts'
import type { RunStream } from '../../runs/run-stream.ts'
import { json } from '../json.ts'
import { pathId } from '../path-id.ts'
import { withErrorEvent } from '../problems.ts'
import { type Route, route } from '../route.ts'
import { eventStream } from '../server-sent-events.ts'
import { idempotencyKeyOf, machineParams } from './machine-routes.ts'

export interface RunRouteServices {
  readonly runs: RunService
  readonly runStream: RunStream
  readonly log: Logger
}

const machine = '/api/v1/machines/:id'
const path = `${machine}/runs`
const runParams = machineParams.extend({ runId: pathId })
const errors = ['MACHINE_UNKNOWN', 'RUN_UNKNOWN'] as const
const refusals = [
  'MACHINE_UNKNOWN',
  'MACHINE_ASLEEP',
  'MACHINE_NOT_READY',
  'MACHINE_DESTROYED',
  'CAPABILITY_UNSUPPORTED',
  'GATE_BLOCKED',
  'SESSION_BUSY',
  'IDEMPOTENCY_MISMATCH',
] as const

export function runRoutes({ runs, runStream, log }: RunRouteServices): Route[] {
  return [
    route({
      method: 'post',
      path,
      access: 'signed-in',
      summary:
        'Give the agent a task of its own, beside the console. `Idempotency-Key` makes asking again safe.',
      params: machineParams,
      body: createRunSchema,
      answer: { status: 202, schema: runSchema },
      errors: refusals,
      handle: async ({ params, body, principal, context }) => {
        const idempotencyKey = idempotencyKeyOf(context.req.header('idempotency-key'))
        const request = { machineId: params.id, body, principal: principal?.id ?? '', idempotencyKey }
        return json(await runs.create(request), 202)
      },
    }),
    route({
      method: 'post',
      path: `${machine}/chat`,
      access: 'signed-in',
      summary:
        'Say something to the agent in a conversation beside the console: `run` first, then what the run’s stream has.',
      params: machineParams,
      body: chatSchema,
      answer: { status: 200, stream: 'limited' },
      errors: refusals,
      handle: async ({ params, body, principal, context, openStream }) => {
        const { message, session, permissions } = body
        const run = await runs.create({
          machineId: params.id,
          body: createRunSchema.parse({
            task: message,
            origin: 'chat',
            permissions,
            ...(session === null ? {} : { session }),
          }),
          principal: principal?.id ?? '',
          idempotencyKey: idempotencyKeyOf(context.req.header('idempotency-key')),
        })
        const { signal, abort } = openStream()
        const events = runStream.streamFrom(run, signal)
        return eventStream(withErrorEvent(events, signal, log), abort)
      },
    }),
    route({
      method: 'get',
      path,
      access: 'signed-in',
      summary: 'List the runs of a machine, newest first.',
      params: machineParams,
      query: runListQuerySchema,
      answer: { status: 200, schema: pageOf(runSchema) },
      errors: ['MACHINE_UNKNOWN'],
      handle: async ({ params, query }) => json(await runs.list(params.id, query)),
    }),
    route({
      method: 'get',
      path: `${path}/:runId`,
      access: 'signed-in',
      summary: 'Read a run: its state, what it used, the last message of its agent.',
      params: runParams,
      answer: { status: 200, schema: runSchema },
      errors,
      handle: async ({ params }) => json(await runs.get(params.id, params.runId)),
    }),
    route({
      method: 'get',
      path: `${path}/:runId/stream`,
      access: 'signed-in',
      summary:
        'Follow a run from its beginning: `session`, `message`, `thinking`, `tool-call`, `tool-result`, `usage`, `error`, `end`; `Last-Event-ID` continues.',
      params: runParams,
      answer: { status: 200, stream: 'resumable' },
      errors,
      handle: async ({ params, context, openStream }) => {
        await runs.get(params.id, params.runId)
        const { signal, abort } = openStream()
        const events = runStream.stream(params.runId, context.req.header('last-event-id'), signal)
        return eventStream(withErrorEvent(events, signal, log), abort)
      },
    }),
    route({
      method: 'post',
      path: `${path}/:runId/cancel`,
      access: 'signed-in',
      summary: 'End a run and everything it started; asking twice is harmless.',
      params: runParams,
      answer: { status: 202, schema: runSchema },
      errors,
      handle: async ({ params }) => json(await runs.cancel(params.id, params.runId), 202),
    }),
  ]
}
