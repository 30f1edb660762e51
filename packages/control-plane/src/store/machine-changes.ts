import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'

export interface MachineSubscriber {
  readonly onChange: (machineId: string) => void
  /** Changes may have passed unseen while the connection was away: read again. */
  readonly onMissed?: () => void
}

export interface MachineChangesOptions {
  readonly createClient: () => Client
  /** A session ended or a key was revoked somewhere, or may have been. */
  readonly onRevoked?: () => void
  readonly onRunChange?: (runId: string) => void
  readonly onConnectionLost?: (error: unknown) => void
}

/** Tells subscribers which machine changed, whichever control plane on the database changed it. */
export class MachineChanges {
  readonly #options: MachineChangesOptions
  readonly #subscribers = new Set<MachineSubscriber>()
  readonly #closing = new AbortController()
  #client: Client | undefined
  #reconnecting: Promise<void> | undefined

  constructor(options: MachineChangesOptions) {
    this.#options = options
  }

  /** Listens from its return on; rejects when the first connection cannot be made. */
  async start(): Promise<void> {
    await this.#connect()
  }

  /** Gives the function that ends the subscription. */
  subscribe(onChange: (machineId: string) => void, onMissed?: () => void): () => void {
    const subscriber = onMissed === undefined ? { onChange } : { onChange, onMissed }
    this.#subscribers.add(subscriber)
    return () => {
      this.#subscribers.delete(subscriber)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#reconnecting
    await this.#client?.end()
  }

  async #connect(): Promise<void> {
    const client = this.#options.createClient()
    client.on('notification', ({ channel, payload }) => {
      if (channel === 'account_changes') return this.#options.onRevoked?.()
      if (channel === 'run_changes') return this.#options.onRunChange?.(payload ?? '')
      for (const subscriber of this.#subscribers) subscriber.onChange(payload ?? '')
    })
    client.on('error', (error) => this.#lost(client, error))
    client.on('end', () => this.#lost(client, new Error('the connection ended')))
    try {
      await client.connect()
      await client.query('listen machine_changes')
      await client.query('listen account_changes')
      await client.query('listen run_changes')
      this.#options.onRevoked?.()
    } catch (error) {
      await client.end()
      throw error
    }
    this.#client = client
  }

  #lost(client: Client, error: unknown): void {
    if (this.#closing.signal.aborted || this.#client !== client) return
    this.#client = undefined
    this.#options.onConnectionLost?.(error)
    this.#reconnecting ??= this.#reconnect().finally(() => {
      this.#reconnecting = undefined
    })
  }

  async #reconnect(): Promise<void> {
    for (let waitMs = 50; !this.#closing.signal.aborted; waitMs = Math.min(waitMs * 2, 2000)) {
      try {
        await this.#connect()
        for (const subscriber of this.#subscribers) subscriber.onMissed?.()
        return
      } catch (error) {
        this.#options.onConnectionLost?.(error)
        // Closing ends the wait early by its signal; the loop's condition sees it.
        await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
  }
}
