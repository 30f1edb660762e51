import { type ConsoleEvent, isAgentMachinesError, type SocketMessage, toProblem } from '@agent-machines/core'
import type { ConsoleSocket } from '../socket-link.ts'
import type { ModelStream } from './model-stream.ts'

interface Server {
  carry(run: () => void): void
  /** Null refuses the socket. */
  open(): ModelStream | null
  message(message: SocketMessage): void
}

/** A socket between a connection and the model: frames keep their order, and a cut loses those on their way. */
export class ModelSocket implements ConsoleSocket {
  readonly #server: Server
  readonly #messages: ((event: { data: unknown }) => void)[] = []
  readonly #closes: ((event: { code: number }) => void)[] = []
  #toServer: string[] = []
  #open = true
  #isConnecting = true

  constructor(server: Server) {
    this.#server = server
    server.carry(() => {
      const stream = this.#open ? server.open() : null
      this.#isConnecting = false
      if (stream) void this.#follow(stream)
      else this.fail()
    })
  }

  /** Throws as long as it connects, as a browser's does. */
  send(text: string): void {
    if (this.#isConnecting) throw new Error('The socket still connects.')
    this.#toServer.push(text)
    this.#server.carry(() => this.#arrive())
  }

  close(): void {
    this.#open = false
  }

  fail(): void {
    if (!this.#open) return
    this.#open = false
    for (const close of this.#closes) close({ code: 1006 })
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'message') this.#messages.push(listener as (event: { data: unknown }) => void)
    else if (type === 'close') this.#closes.push(listener as (event: { code: number }) => void)
  }

  /** What was sent before a close may still arrive. */
  #arrive(): void {
    const text = this.#toServer.shift()
    if (text === undefined) return
    const message = JSON.parse(text) as SocketMessage
    try {
      this.#server.message(message)
    } catch (error) {
      if (!isAgentMachinesError(error) || message.type === 'take-over') throw error
      this.#tell({ event: 'error', data: { ...toProblem(error, 'r'), seq: message.seq } })
    }
  }

  async #follow(stream: ModelStream): Promise<void> {
    try {
      for await (const event of stream.read()) this.#tell(event)
    } catch {
      this.fail()
    }
  }

  #tell(event: ConsoleEvent): void {
    if (!this.#open) return
    for (const listener of this.#messages) listener({ data: JSON.stringify(event) })
  }
}
