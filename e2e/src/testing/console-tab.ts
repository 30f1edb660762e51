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

  /** Whether one line has `text`: a kept one, or any on the screen, also below the cursor. */
  shows(text: string): boolean {
    const buffer = this.terminal.buffer.active
    const rows = Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row))
    return rows.some((row) => row?.translateToString(true).includes(text))
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

/** A tab that follows until one line has `text`; rejects with what it shows instead. */
export async function untilShown(
  plane: ControlPlaneProcess,
  machineId: string,
  text: string,
): Promise<ConsoleTab> {
  const tab = new ConsoleTab(plane, machineId)
  await tab.follow('ws', () => tab.shows(text))
  if (tab.shows(text)) return tab
  throw new Error(`${text} is not shown:\n${endOf(tab)}`)
}

/** What a console shows now, for whoever has to find out why. */
export async function screenOf(plane: ControlPlaneProcess, machineId: string): Promise<string> {
  const tab = new ConsoleTab(plane, machineId)
  await tab.follow('ws', (events) => events.some(({ event }) => event === 'snapshot'))
  return endOf(tab)
}

function endOf(tab: ConsoleTab): string {
  return tab.lines().slice(-40).join('\n')
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
