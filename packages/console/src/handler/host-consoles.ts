import type { ConsoleEvent } from '@agent-machines/core'
import type { ConsoleHub } from '../hub/console-hub.ts'
import type { ConsoleHubOptions } from '../hub/console-hub-options.ts'
import { createConsoleHub } from '../hub/create-console-hub.ts'
import type { StreamRequest } from '../hub/view-console.ts'
import { installWorker } from './install-worker.ts'
import type { PollRequest } from './poll-reader.ts'
import { PollReaders } from './poll-readers.ts'

export interface HostConsolesOptions extends Omit<ConsoleHubOptions, 'machineId' | 'session'> {
  /** The session of whoever names none; `shell` unless told. */
  readonly session?: string
}

const machineId = 'host'

type Of<T> = T & { readonly session?: string | undefined }

/** The consoles of one host: a hub per session, made when first asked for. */
export class HostConsoles {
  readonly #options: HostConsolesOptions
  readonly #hubs = new Map<string, ConsoleHub>()
  readonly #polls: PollReaders
  #installed: Promise<void> | null = null

  constructor(options: HostConsolesOptions) {
    this.#options = options
    this.#polls = new PollReaders(options.timers, (request) => this.stream(request))
  }

  async get(session = this.#options.session ?? 'shell'): Promise<ConsoleHub> {
    await this.#install()
    const open = this.#hubs.get(session)
    if (open && open.ended === null) return open
    const hub = createConsoleHub({
      ...this.#options,
      machineId,
      session,
      letGo: () => this.#hubs.delete(session),
    })
    this.#hubs.set(session, hub)
    return hub
  }

  async *stream({ session, ...request }: Of<StreamRequest>): AsyncGenerator<ConsoleEvent> {
    yield* (await this.get(session)).stream(request)
  }

  poll(request: Of<Omit<PollRequest, 'machineId'>>): Promise<ConsoleEvent[]> {
    return this.#polls.poll({ ...request, machineId })
  }

  async close(): Promise<void> {
    const open = [...this.#hubs.values()]
    this.#hubs.clear()
    await Promise.all(open.map((hub) => hub.close()))
  }

  /** Once; after a failure whoever comes next tries again. */
  #install(): Promise<void> {
    this.#installed ??= installWorker(this.#options.exec).catch((error: unknown) => {
      this.#installed = null
      throw error
    })
    return this.#installed
  }
}
