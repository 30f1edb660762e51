import type { Duplex } from 'node:stream'
import type { ConsoleEvent } from '@agent-machines/core'
import type { WebSocket } from 'ws'

/** More than this unsent: nothing more is sent until the browser took half of it. */
const highWaterBytes = 256 * 1024
const pingEveryMs = 15_000

/** Sends JSON only as fast as the other side takes it; what is said at once goes out in one write. */
export class SocketSender {
  readonly #socket: WebSocket
  readonly #stream: Duplex
  #isCorked = false
  #wake: () => void = () => {}

  /** `stream` is the connection under the socket. */
  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket
    this.#stream = stream
    socket.on('close', () => this.#wake())
  }

  send(event: ConsoleEvent): void {
    this.#cork()
    this.#socket.send(JSON.stringify(event), () => {
      if (this.#socket.bufferedAmount <= highWaterBytes / 2) this.#wake()
    })
  }

  /** Until every promise that is settled by now was answered. */
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#stream.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#stream.uncork()
    })
  }

  /** Resolves when there is room for more, or the socket is gone. */
  async room(): Promise<void> {
    const { readyState, OPEN, bufferedAmount } = this.#socket
    if (readyState !== OPEN || bufferedAmount <= highWaterBytes) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }
}

/** Pings, and cuts a connection whose other side answered neither of the last two. Gives what stops it. */
export function heartbeat(socket: WebSocket): () => void {
  let unanswered = 0
  socket.on('pong', () => {
    unanswered = 0
  })
  const timer = setInterval(() => {
    if (unanswered >= 2) socket.terminate()
    unanswered += 1
    socket.ping()
  }, pingEveryMs)
  return () => clearInterval(timer)
}
