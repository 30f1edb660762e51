import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { decodeBase64, encodeBase64, SseParser } from '@agent-machines/client'
import type { ConsoleEvent } from '@agent-machines/core'
import { WebSocket } from 'ws'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'

/** A program's side of one console, as thin as the protocol allows. */
export interface ConsoleLink {
  /** Gives what ends it. */
  onEvent(listener: (event: ConsoleEvent) => void): () => void
  type(text: string): void
  paste(text: string): void
  close(): void
}

export interface LinkTarget {
  readonly machineId: string
  readonly session: string
  /** Absent for a viewer. */
  readonly client?: string
  readonly epoch?: string
}

class Listeners {
  readonly #all = new Set<(event: ConsoleEvent) => void>()

  add(listener: (event: ConsoleEvent) => void): () => void {
    this.#all.add(listener)
    return () => this.#all.delete(listener)
  }

  tell(event: ConsoleEvent): void {
    for (const listener of this.#all) listener(event)
  }
}

export function openSocketLink(plane: ControlPlaneProcess, target: LinkTarget): ConsoleLink {
  const socket = openSocket(plane, target)
  const listeners = new Listeners()
  socket.on('message', (data) => listeners.tell(JSON.parse(String(data))))
  const send = sender(target, (type, body) => socket.send(JSON.stringify({ type, ...body })))
  return {
    onEvent: (listener) => listeners.add(listener),
    ...send,
    close: () => socket.terminate(),
  }
}

function openSocket(plane: ControlPlaneProcess, { machineId, session, client }: LinkTarget): WebSocket {
  return new WebSocket(plane.client.console.socketUrl(machineId, { session, client }), 'am.console.v1', {
    headers: { authorization: `Bearer ${plane.apiKey}` },
    perMessageDeflate: false,
  })
}

/** A viewer whose socket is open and never read. */
export function openStalledLink(plane: ControlPlaneProcess, target: LinkTarget): Pick<ConsoleLink, 'close'> {
  const socket = openSocket(plane, target)
  socket.once('open', () => socket.pause())
  return { close: () => socket.terminate() }
}

/** Output by an event stream, input by POST, each over a connection that stays open. */
export function openRequestLink(plane: ControlPlaneProcess, target: LinkTarget): ConsoleLink {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 })
  const listeners = new Listeners()
  const base = `${plane.url}/api/v1/machines/${target.machineId}/console`
  const headers = { authorization: `Bearer ${plane.apiKey}` }
  const query = new URLSearchParams({
    session: target.session,
    ...(target.client ? { client: target.client } : {}),
  })
  const stream = request(`${base}/stream?${query}`, { agent, headers }, (response) =>
    readEvents(response, (event) => listeners.tell(event)),
  )
  stream.on('error', () => stream.destroy())
  stream.end()
  return {
    onEvent: (listener) => listeners.add(listener),
    ...sender(target, (type, body) => post(`${base}/${type}`, agent, headers, JSON.stringify(body))),
    close: () => {
      stream.destroy()
      agent.destroy()
    },
  }
}

/** Output by asking for it again and again, input by POST. */
export function openPollLink(plane: ControlPlaneProcess, target: LinkTarget): ConsoleLink {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 })
  const listeners = new Listeners()
  const base = `${plane.url}/api/v1/machines/${target.machineId}/console`
  const headers = { authorization: `Bearer ${plane.apiKey}` }
  let closed = false
  let cursor = ''
  const ask = (waitMs: number) => {
    const query = new URLSearchParams({
      session: target.session,
      cursor,
      waitMs: String(waitMs),
      ...(target.client ? { client: target.client } : {}),
    })
    const sent = request(`${base}/poll?${query}`, { agent, headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: ConsoleEvent[] }
      for (const event of events) {
        if ('id' in event && event.id) cursor = event.id
        listeners.tell(event)
      }
      if (!closed) ask(20_000)
    })
    sent.on('error', () => sent.destroy()).end()
  }
  ask(0)
  return {
    onEvent: (listener) => listeners.add(listener),
    ...sender(target, (type, body) => post(`${base}/${type}`, agent, headers, JSON.stringify(body))),
    close: () => {
      closed = true
      agent.destroy()
    },
  }
}

/** Resolves with the next event that `wanted` takes. */
export function nextEvent(
  link: ConsoleLink,
  wanted: (event: ConsoleEvent) => boolean,
  withinMs = 15_000,
): Promise<ConsoleEvent> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`no such event within ${withinMs} ms`))
    }, withinMs)
    const stop = link.onEvent((event) => {
      if (!wanted(event)) return
      clearTimeout(timer)
      stop()
      resolve(event)
    })
  })
}

export function bytesOf(event: ConsoleEvent): Uint8Array {
  const shown = event.event === 'snapshot' || event.event === 'output'
  return shown ? decodeBase64(event.data.data) : new Uint8Array()
}

/** Numbers what is sent. */
function sender(
  { session, client, epoch }: LinkTarget,
  send: (type: 'input' | 'paste', body: object) => void,
): Pick<ConsoleLink, 'type' | 'paste'> {
  let seq = 0
  const numbered = (type: 'input' | 'paste') => (text: string) => {
    seq += 1
    send(type, { session, client, epoch, seq, data: encodeBase64(new TextEncoder().encode(text)) })
  }
  return { type: numbered('input'), paste: numbered('paste') }
}

function readEvents(response: IncomingMessage, listener: (event: ConsoleEvent) => void): void {
  const parser = new SseParser()
  response.setEncoding('utf8').on('data', (chunk: string) => {
    for (const { event, data, lastEventId } of parser.push(chunk)) {
      listener({ event, id: lastEventId, data: JSON.parse(data) } as ConsoleEvent)
    }
  })
}

function post(url: string, agent: Agent, headers: Record<string, string>, body: string): ClientRequest {
  const sent = request(
    url,
    {
      agent,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    },
    (response) => response.resume(),
  )
  sent.on('error', () => sent.destroy())
  sent.setNoDelay(true)
  sent.end(body)
  return sent
}
