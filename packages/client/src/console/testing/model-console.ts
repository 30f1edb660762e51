import {
  AgentMachinesError,
  type ConsoleEvent,
  type ConsoleInput,
  type ConsoleOpened,
  type Driver,
  type OpenConsole,
  type TakeOver,
} from '@agent-machines/core'
import { decodeBase64, encodeBase64 } from '../../bytes/base64.ts'

/** The worker's side of the input rules: a number counts once, in order, per epoch and client. */
export class ModelConsole {
  epoch = 'e1'
  driver: Driver = null
  readonly typed: number[] = []
  readonly acked = new Map<string, number>()
  readonly seen: ConsoleInput[] = []
  readonly sizes: string[] = []
  #turns = 0

  open(request: OpenConsole): ConsoleOpened {
    const { client } = request
    if (client && !this.driver) this.driver = this.#driving(client)
    return {
      session: 'agent',
      epoch: this.epoch,
      cols: 80,
      rows: 24,
      tier: 'attach',
      transports: ['ws', 'sse', 'poll'],
      driver: this.driver,
      expected: client ? this.#ackedOf(client) + 1 : 1,
    }
  }

  /** Types `input` if it is its turn and says up to where everything is typed. */
  input(input: ConsoleInput): { acked: number; epoch: string } {
    this.#admit(input, () => {
      this.seen.push(input)
      this.typed.push(...decodeBase64(input.data))
    })
    return { acked: this.#ackedOf(input.client), epoch: this.epoch }
  }

  resize(input: { client: string; seq: number; epoch?: string | undefined; cols: number; rows: number }) {
    this.#admit(input, () => this.sizes.push(`${input.cols}x${input.rows}`))
    return { acked: this.#ackedOf(input.client), cols: input.cols, rows: input.rows }
  }

  restart(): void {
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`
    this.acked.clear()
  }

  takeOver(client: string, from?: TakeOver['from']): { driver: Driver; expected: number } {
    const isAsSeen = from === undefined || this.driver?.since === from?.since
    if (isAsSeen) this.driver = this.#driving(client)
    return { driver: this.driver, expected: this.#ackedOf(client) + 1 }
  }

  started(resumed: boolean): ConsoleEvent {
    const { epoch, driver } = this
    const data = { session: 'agent', epoch, cols: 80, rows: 24, driver, viewers: 1, resumed }
    return { event: 'started', data: { ...data, tier: 'attach' } }
  }

  #driving(client: string): NonNullable<Driver> {
    return { client, label: client, since: new Date(++this.#turns * 1000).toISOString() }
  }

  #admit(input: { client: string; seq: number; epoch?: string | undefined }, act: () => void): void {
    const acked = this.#ackedOf(input.client)
    if (input.epoch !== undefined && input.epoch !== this.epoch) {
      throw new AgentMachinesError('CONSOLE_RESTARTED', 'restarted', {
        details: { epoch: this.epoch, expected: 1 },
      })
    }
    if (input.seq <= acked) return
    if (this.driver && this.driver.client !== input.client) {
      throw new AgentMachinesError('CONSOLE_NOT_DRIVER', 'not the driver', {
        details: { driver: this.driver },
      })
    }
    if (input.seq > acked + 1) {
      throw new AgentMachinesError('INPUT_GAP', 'gap', { details: { expected: acked + 1 } })
    }
    this.driver ??= this.#driving(input.client)
    act()
    this.acked.set(input.client, input.seq)
  }

  #ackedOf(client: string): number {
    return this.acked.get(client) ?? 0
  }
}

export function outputEvent(text: string, id: string): ConsoleEvent {
  return { event: 'output', id, data: { data: encodeBase64(new TextEncoder().encode(text)) } }
}

export function snapshotEvent(id: string): ConsoleEvent {
  return { event: 'snapshot', id, data: { data: '', cols: 80, rows: 24, reason: 'attach' } }
}
