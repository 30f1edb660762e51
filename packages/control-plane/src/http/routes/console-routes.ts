import {
  consoleSchema,
  driverSchema,
  inputSchema,
  openConsoleSchema,
  pasteSchema,
  pollQuerySchema,
  resizeSchema,
  streamQuerySchema,
  takeOverSchema,
} from '@agent-machines/core'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { ConsoleService } from '../../console/console-service.ts'
import { json } from '../json.ts'
import { withErrorEvent } from '../problems.ts'
import { type Route, route } from '../route.ts'
import { eventStream } from '../server-sent-events.ts'
import { machineParams } from './machine-routes.ts'

const base = '/api/v1/machines/:id/console'
/** Enough for a paste that is too long to be refused as one. */
const pasteBodyBytes = 4 * 1024 * 1024
const acked = z.object({ acked: z.number().int(), epoch: z.string() })
const errors = [
  'MACHINE_UNKNOWN',
  'MACHINE_ASLEEP',
  'MACHINE_NOT_READY',
  'MACHINE_DESTROYED',
  'CONSOLE_RESTARTED',
  'CONSOLE_EXITED',
  'CONSOLE_NOT_DRIVER',
  'INPUT_GAP',
] as const
/** The events are the stream's; their form is said once, in the types. */
const pollAnswer = z.object({ events: z.array(z.looseObject({ event: z.string() })) })

export function consoleRoutes(consoles: ConsoleService, log: Logger): Route[] {
  return [
    route({
      method: 'post',
      path: base,
      access: 'signed-in',
      summary: 'Open a console; a client becomes the driver while there is none.',
      params: machineParams,
      body: openConsoleSchema,
      answer: { status: 200, schema: consoleSchema },
      errors,
      handle: async ({ params, body }) => json(await consoles.open(params.id, body)),
    }),
    route({
      method: 'post',
      path: `${base}/input`,
      access: 'signed-in',
      summary: 'Type up to 1,024 bytes, exactly once and in order.',
      params: machineParams,
      body: inputSchema,
      answer: { status: 200, schema: acked },
      errors: [...errors, 'INPUT_TOO_LARGE'],
      handle: async ({ params, body }) => json(await consoles.input(params.id, body)),
    }),
    route({
      method: 'post',
      path: `${base}/paste`,
      access: 'signed-in',
      summary: 'Paste up to 1 MiB, bracketed when the program asked for it.',
      params: machineParams,
      body: pasteSchema,
      bodyLimit: pasteBodyBytes,
      answer: { status: 200, schema: acked },
      errors: [...errors, 'INPUT_TOO_LARGE'],
      handle: async ({ params, body }) => json(await consoles.paste(params.id, body)),
    }),
    route({
      method: 'post',
      path: `${base}/resize`,
      access: 'signed-in',
      summary: 'Change the size; only the driver may.',
      params: machineParams,
      body: resizeSchema,
      answer: { status: 200, schema: z.object({ acked: z.number(), cols: z.number(), rows: z.number() }) },
      errors,
      handle: async ({ params, body }) => json(await consoles.resize(params.id, body)),
    }),
    route({
      method: 'post',
      path: `${base}/take-over`,
      access: 'signed-in',
      summary: 'Become the driver.',
      params: machineParams,
      body: takeOverSchema,
      answer: { status: 200, schema: z.object({ driver: driverSchema, expected: z.number() }) },
      errors,
      handle: async ({ params, body }) => json(await consoles.takeOver(params.id, body)),
    }),
    route({
      method: 'get',
      path: `${base}/stream`,
      access: 'signed-in',
      summary: 'Follow a console; `Last-Event-ID` or `cursor` continues without loss.',
      params: machineParams,
      query: streamQuerySchema,
      answer: { status: 200, stream: 'limited' },
      errors,
      handle: async ({ params, query, context, openStream }) => {
        const { signal, abort } = openStream()
        const cursor = context.req.header('last-event-id') || query.cursor
        const events = await consoles.stream({ machineId: params.id, ...query, cursor, signal })
        return eventStream(withErrorEvent(events, signal, log), abort)
      },
    }),
    route({
      method: 'get',
      path: `${base}/poll`,
      access: 'signed-in',
      summary:
        'Read a console by asking: what the stream has after `cursor`, as soon as there is anything; `waitMs=0` begins, with `started`.',
      params: machineParams,
      query: pollQuerySchema,
      answer: { status: 200, schema: pollAnswer },
      errors,
      handle: async ({ params, query, context, openStream }) => {
        const { signal, abort } = openStream()
        const cursor = context.req.header('last-event-id') || query.cursor
        try {
          return json({ events: await consoles.poll({ machineId: params.id, ...query, cursor, signal }) })
        } finally {
          abort()
        }
      },
    }),
  ]
}
