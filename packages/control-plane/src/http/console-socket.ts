import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  AgentMachinesError,
  type ConsoleEvent,
  isAgentMachinesError,
  parseOrRefuse,
  parseSocketMessage,
  type SocketMessage,
  sessionNameSchema,
  streamQuerySchema,
} from '@agent-machines/core'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import type { z } from 'zod'
import type { Revocations } from '../accounts/revocations.ts'
import type { ConsoleService } from '../console/console-service.ts'
import { problemOf } from './problems.ts'
import { heartbeat, SocketSender } from './socket-sender.ts'

export interface ConsoleSocketOptions {
  readonly consoles: ConsoleService
  /** Same rules as for requests; the proof comes as subprotocol `am.proof.<proof>`. */
  readonly authorize: (request: IncomingMessage) => Promise<unknown>
  readonly revocations: Pick<Revocations, 'watch'>
  readonly log: Logger
}

const protocol = 'am.console.v1'
/** Code with which a socket is closed whose opener is not, or no longer, signed in. */
const signIn = 4401
const path = /^\/api\/v1\/machines\/([^/]{1,64})\/console\/socket$/
/** Over this the socket is closed; what is over a limit of the protocol is refused in its own words. */
const maxMessageBytes = 4 * 1024 * 1024
const querySchema = streamQuerySchema.extend({ session: sessionNameSchema.default('agent') })
type StreamQuery = z.infer<typeof querySchema>

export interface ConsoleSockets {
  /** Tells every browser to come back later, then closes. */
  close(): void
}

/** Serves the console protocol over WebSocket on `server`; other upgrade requests are refused. */
export function serveConsoleSockets(server: Server, options: ConsoleSocketOptions): ConsoleSockets {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  })
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    const open = (use: (socket: WebSocket) => void) => sockets.handleUpgrade(request, stream, head, use)
    accept(request, options).then(
      (found) =>
        open((socket) => {
          const stop = options.revocations.watch(
            () => options.authorize(request),
            () => socket.close(signIn),
          )
          socket.on('close', stop)
          serve(socket, stream, found, options)
        }),
      (error) => {
        // A browser is told no status of an upgrade that was refused, only how a socket was closed.
        const isToSignIn = isAgentMachinesError(error, 'SIGN_IN_REQUIRED') && isConsole(request)
        if (isToSignIn) open((socket) => socket.close(signIn))
        else refuse(stream, error, options.log)
      },
    )
  })
  return {
    close() {
      for (const socket of sockets.clients) socket.close(1001, 'limit')
      sockets.close()
    },
  }
}

interface Accepted {
  readonly machineId: string
  readonly query: StreamQuery
}

async function accept(request: IncomingMessage, options: ConsoleSocketOptions): Promise<Accepted> {
  const url = new URL(request.url ?? '/', 'http://host')
  await options.authorize(request)
  const machineId = path.exec(url.pathname)?.[1]
  if (machineId === undefined) throw new AgentMachinesError('ROUTE_UNKNOWN', `No socket at ${url.pathname}.`)
  if (!offersProtocol(request)) {
    throw new AgentMachinesError('REQUEST_INVALID', `The subprotocol ${protocol} is missing.`)
  }
  const query = parseOrRefuse(querySchema, Object.fromEntries(url.searchParams), 'query')
  return { machineId, query }
}

function offersProtocol({ headers }: IncomingMessage): boolean {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',')
  return offered.some((each) => each.trim() === protocol)
}

function isConsole(request: IncomingMessage): boolean {
  return offersProtocol(request) && path.test(new URL(request.url ?? '/', 'http://host').pathname)
}

function refuse(stream: Duplex, error: unknown, log: Logger): void {
  const problem = problemOf(error, log)
  const body = JSON.stringify(problem)
  stream.end(
    `HTTP/1.1 ${problem.status} ${problem.code}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function serve(
  socket: WebSocket,
  stream: Duplex,
  { machineId, query }: Accepted,
  options: ConsoleSocketOptions,
): void {
  const { consoles, log } = options
  const controller = new AbortController()
  const sender = new SocketSender(socket, stream)
  const stopBeating = heartbeat(socket)
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    stopBeating()
    controller.abort()
  })
  /** Up to where the stream has told of its own client's input; it will tell of what comes after. */
  let told = 0
  socket.on('message', (data, isBinary) => {
    const said = isBinary ? undefined : parsed(String(data))
    const handled = async () => {
      const message = parseSocketMessage(said)
      const session = message.session ?? query.session
      const isOwn = session === query.session && message.client === query.client
      const tells = isOwn && 'seq' in message && message.seq > told
      const acked = await handle(consoles, machineId, { ...message, session })
      if (acked !== null && !tells) sender.send({ event: 'ack', data: { client: message.client, acked } })
    }
    handled().catch((error) => {
      if (socket.readyState === socket.OPEN)
        sender.send({ event: 'error', data: { ...problemOf(error, log), ...seqOf(said) } })
    })
  })
  const events = consoles.stream({ machineId, ...query, signal: controller.signal })
  const onAck = (acked: number) => {
    told = acked
  }
  pump(socket, sender, events, onAck).catch((error) => {
    if (controller.signal.aborted || socket.readyState !== socket.OPEN) return
    const problem = problemOf(error, log)
    sender.send({ event: 'error', data: problem })
    socket.close(
      problem.status === 401 ? signIn : problem.status === 404 || problem.status === 410 ? 4404 : 1011,
    )
  })
}

async function pump(
  socket: WebSocket,
  sender: SocketSender,
  opening: Promise<AsyncIterable<ConsoleEvent>>,
  onAck: (acked: number) => void,
): Promise<void> {
  let gone = false
  for await (const event of await opening) {
    if (socket.readyState !== socket.OPEN) return
    sender.send(event)
    if (event.event === 'ack') onAck(event.data.acked)
    gone = event.event === 'end' && event.data.reason === 'destroyed'
    await sender.room()
  }
  socket.close(gone ? 4404 : 1001)
}

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (_notJson) {
    return undefined
  }
}

/** Which of its messages an answer is about, also when the message is of no use otherwise. */
function seqOf(said: unknown): { seq?: number } {
  const seq = typeof said === 'object' && said !== null && 'seq' in said ? said.seq : undefined
  return typeof seq === 'number' ? { seq } : {}
}

/** Does what a message asks; gives up to where its client's input is typed then, null where it typed nothing. */
async function handle(
  consoles: ConsoleService,
  machineId: string,
  message: SocketMessage,
): Promise<number | null> {
  switch (message.type) {
    case 'input':
      return (await consoles.input(machineId, message)).acked
    case 'paste':
      return (await consoles.paste(machineId, message)).acked
    case 'resize':
      return (await consoles.resize(machineId, message)).acked
    case 'take-over':
      await consoles.takeOver(machineId, message)
      return null
    default:
      return message satisfies never
  }
}
