import type { ConsoleEvent } from '@agent-machines/core'
import headless from '@xterm/headless'
import WebSocket from 'ws'
import type { ControlPlaneProcess } from './control-plane-process.ts'

export type Transport = 'ws' | 'sse'

/** A viewer's browser tab: a terminal emulator fed by one console stream after the other. */
export class ConsoleTab {
  readonly #plane: ControlPlaneProcess
  readonly #machineId: string
  readonly events: ConsoleEvent[] = []
  readonly terminal: InstanceType<typeof headless.Terminal>
  cursor: string | undefined

  constructor(plane: ControlPlaneProcess, machineId: string, scrollback = 20_000) {
    this.#plane = plane
    this.#machineId = machineId
    this.terminal = new headless.Terminal({ cols: 80, rows: 24, scrollback, allowProposedApi: true })
  }

  /** Reads from the cursor on, if there is one, until `enough` says so or the stream ends. */
  async follow(
    transport: Transport,
    enough: (events: readonly ConsoleEvent[]) => boolean,
  ): Promise<ConsoleEvent[]> {
    const seen: ConsoleEvent[] = []
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)])
    for await (const event of this.#stream(transport, signal)) {
      seen.push(event)
      this.events.push(event)
      await this.#apply(event)
      if ('id' in event && event.id) this.cursor = event.id
      if (enough(seen)) break
    }
    stop.abort()
    return seen
  }

  /** All lines kept, without trailing blanks; the last one may be incomplete. */
  lines(): string[] {
    const buffer = this.terminal.buffer.active
    const count = buffer.baseY + buffer.cursorY + 1
    return Array.from({ length: count }, (_, row) => buffer.getLine(row)?.translateToString(true) ?? '')
  }

  async *#stream(transport: Transport, signal: AbortSignal): AsyncIterable<ConsoleEvent> {
    const { console: api } = this.#plane.client
    const query = { cursor: this.cursor }
    if (transport === 'sse') yield* await api.stream(this.#machineId, query, { signal })
    else yield* socketEvents(api.socketUrl(this.#machineId, query), this.#plane.apiKey, signal)
  }

  async #apply(event: ConsoleEvent): Promise<void> {
    if (event.event === 'snapshot') {
      this.terminal.reset()
      this.terminal.resize(event.data.cols, event.data.rows)
    }
    if (event.event === 'resize') this.terminal.resize(event.data.cols, event.data.rows)
    if (event.event !== 'snapshot' && event.event !== 'output') return
    const bytes = Buffer.from(event.data.data, 'base64')
    await new Promise<void>((resolve) => this.terminal.write(bytes, resolve))
  }
}

/** The events of one WebSocket, from its opening until it closes or `signal` aborts. */
export async function* socketEvents(
  url: string,
  apiKey: string,
  signal: AbortSignal,
): AsyncIterable<ConsoleEvent> {
  const socket = new WebSocket(url, ['am.console.v1'], { headers: { authorization: `Bearer ${apiKey}` } })
  const queue: ConsoleEvent[] = []
  let ended: Error | 'closed' | undefined
  let wake = () => {}
  const notify = (end?: Error | 'closed') => {
    ended ??= end
    wake()
  }
  socket.on('message', (data) => {
    queue.push(JSON.parse(String(data)) as ConsoleEvent)
    notify()
  })
  socket.on('close', () => notify('closed'))
  socket.on('error', (error) => notify(error))
  signal.addEventListener('abort', () => notify('closed'), { once: true })
  try {
    for (;;) {
      const event = queue.shift()
      if (event !== undefined) yield event
      else if (ended === 'closed') return
      else if (ended !== undefined) throw ended
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    socket.terminate()
  }
}
