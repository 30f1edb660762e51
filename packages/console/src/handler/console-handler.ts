import {
  AgentMachinesError,
  type ConsoleEvent,
  inputSchema,
  isAgentMachinesError,
  openConsoleSchema,
  type Problem,
  parseOrRefuse,
  pasteSchema,
  pollQuerySchema,
  resizeSchema,
  streamQuerySchema,
  takeOverSchema,
  toProblem,
} from '@agent-machines/core'
import { eventStream } from './event-stream.ts'
import { HostConsoles, type HostConsolesOptions } from './host-consoles.ts'
import { loopbackHosts, refuseStrangers } from './refuse-strangers.ts'

export interface ConsoleHandlerOptions extends HostConsolesOptions {
  /** Where the routes begin, such as `/console`; at the root unless told. */
  readonly path?: string
  /** Host names by which browsers may ask; this computer's own unless told. */
  readonly hosts?: readonly string[]
}

/** The console protocol of one host for anything that passes `Request`s on; who may ask is decided before it. */
export interface ConsoleHandler {
  fetch(request: Request): Promise<Response>
  /** Ends every stream; what runs on the host goes on. */
  close(): Promise<void>
}

type Routes = Readonly<Record<string, (request: Request, url: URL) => Promise<Response>>>

/** A paste of 1 MiB in base64 and the JSON around it. */
const bodyLimitBytes = 1.5 * 1024 * 1024

export function createConsoleHandler(options: ConsoleHandlerOptions): ConsoleHandler {
  const consoles = new HostConsoles(options)
  const problemOf = (error: unknown) => problemFor(error, options)
  const routes: Routes = { ...writing(consoles), ...reading(consoles, problemOf) }
  const base = (options.path ?? '').replace(/\/+$/, '')
  return {
    async fetch(request) {
      try {
        refuseStrangers(request, options.hosts ?? loopbackHosts)
        const url = new URL(request.url)
        const isBelow = url.pathname === base || url.pathname.startsWith(`${base}/`)
        const rest = isBelow ? url.pathname.slice(base.length).replace(/\/$/, '') : 'elsewhere'
        const handle = routes[`${request.method} ${rest}`]
        if (handle === undefined) {
          throw new AgentMachinesError('ROUTE_UNKNOWN', `No ${request.method} ${url.pathname}.`)
        }
        return await handle(request, url)
      } catch (error) {
        const problem = problemOf(error)
        return json(problem, problem.status, 'application/problem+json')
      }
    },
    close: () => consoles.close(),
  }
}

function writing(consoles: HostConsoles): Routes {
  return {
    'POST ': async (request) => {
      const body = parseOrRefuse(openConsoleSchema, await jsonOf(request), 'body')
      const opened = await (await consoles.get(body.session)).open(body)
      return json({ ...opened, transports: ['sse', 'poll'] })
    },
    'POST /input': async (request) => {
      const body = parseOrRefuse(inputSchema, await jsonOf(request), 'body')
      return json(await (await consoles.get(body.session)).input(body))
    },
    'POST /paste': async (request) => {
      const body = parseOrRefuse(pasteSchema, await jsonOf(request), 'body')
      return json(await (await consoles.get(body.session)).paste(body))
    },
    'POST /resize': async (request) => {
      const body = parseOrRefuse(resizeSchema, await jsonOf(request), 'body')
      return json(await (await consoles.get(body.session)).resize(body))
    },
    'POST /take-over': async (request) => {
      const body = parseOrRefuse(takeOverSchema, await jsonOf(request), 'body')
      return json(await (await consoles.get(body.session)).takeOver(body))
    },
  }
}

function reading(consoles: HostConsoles, problemOf: (error: unknown) => Problem): Routes {
  return {
    'GET /stream': async (request, url) => {
      const query = parseOrRefuse(streamQuerySchema, Object.fromEntries(url.searchParams), 'query')
      const cursor = request.headers.get('last-event-id') ?? query.cursor
      const reader = new AbortController()
      const abort = () => reader.abort()
      request.signal.addEventListener('abort', abort)
      await consoles.get(query.session)
      const events = consoles.stream({ ...query, cursor, signal: reader.signal })
      return eventStream(withErrorEvent(events, reader.signal, problemOf), abort)
    },
    'GET /poll': async (request, url) => {
      const query = parseOrRefuse(pollQuerySchema, Object.fromEntries(url.searchParams), 'query')
      const cursor = request.headers.get('last-event-id') ?? query.cursor
      return json({ events: await consoles.poll({ ...query, cursor, signal: request.signal }) })
    },
  }
}

async function* withErrorEvent(
  events: AsyncIterable<ConsoleEvent>,
  signal: AbortSignal,
  problemOf: (error: unknown) => Problem,
): AsyncGenerator<ConsoleEvent> {
  try {
    yield* events
  } catch (error) {
    if (!signal.aborted) yield { event: 'error', data: problemOf(error) }
  }
}

/** A page of another site cannot send this type without being allowed to first. */
async function jsonOf(request: Request): Promise<unknown> {
  if (!request.headers.get('content-type')?.startsWith('application/json')) {
    throw new AgentMachinesError('REQUEST_INVALID', 'The body must be application/json.')
  }
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > bodyLimitBytes) throw new AgentMachinesError('BODY_TOO_LARGE')
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new AgentMachinesError('REQUEST_INVALID', 'The body is not JSON.', { cause })
  }
}

function problemFor(error: unknown, { log, randomId }: ConsoleHandlerOptions): Problem {
  if (isAgentMachinesError(error)) return toProblem(error, randomId())
  log?.('request failed', { error: String(error) })
  const { detail: _, ...problem } = toProblem(new AgentMachinesError('INTERNAL'), randomId())
  return problem
}

function json(value: unknown, status = 200, type = 'application/json'): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': type, 'cache-control': 'no-store' },
  })
}
