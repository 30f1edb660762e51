import { type AgentSignals, isAgentMachinesError } from '@agent-machines/core'
import type { RuntimeRecipe } from '@agent-machines/runtimes'
import type { Logger } from 'pino'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { ConsoleService } from '../console/console-service.ts'
import type { BootstrapService } from '../deploy/bootstrap-service.ts'
import type { FleetEvents } from '../fleet/fleet-events.ts'
import type { MachineRow, MachineStore } from '../store/machine-store.ts'
import { AgentNotes } from './agent-notes.ts'
import { KnownSecrets } from './known-secrets.ts'

export interface AgentWatchOptions {
  readonly machines: Pick<MachineStore, 'listInStates' | 'setSeen'>
  readonly consoles: Pick<ConsoleService, 'hubOf'>
  readonly fleetEvents: Pick<FleetEvents, 'subscribe'>
  readonly catalogue: Pick<Catalogue, 'recipe'>
  readonly bootstraps: Pick<BootstrapService, 'planFor'>
  readonly log: Logger
}

/** The worker speaks every 10 s at least; after this its last word says nothing about now. */
const silentAfterMs = 25_000
const lookAgainMs = 1_000

/**
 * Notes what the agent of every ready machine does and what its console shows last, from what the worker reports in the console's log.
 *
 * Costs no command: it reads the stream that viewers share. Several instances see and write the same.
 */
export class AgentWatch {
  readonly #options: AgentWatchOptions
  readonly #watched = new Map<string, { controller: AbortController; done: Promise<void> }>()
  #unsubscribe = () => {}

  constructor(options: AgentWatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#unsubscribe = this.#options.fleetEvents.subscribe((row, machineId) => {
      if (row?.state === 'ready') this.#watch(row)
      else this.#watched.get(machineId)?.controller.abort()
    })
    this.#options.machines.listInStates(['ready']).then(
      (rows) => {
        for (const row of rows) this.#watch(row)
      },
      (error) => this.#options.log.warn({ err: error }, 'could not list machines to watch'),
    )
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    for (const { controller } of this.#watched.values()) controller.abort()
    await Promise.allSettled([...this.#watched.values()].map(({ done }) => done))
  }

  #watch(row: MachineRow): void {
    if (this.#watched.has(row.id)) return
    const recipe = this.#options.catalogue.recipe(row.runtime)
    const controller = new AbortController()
    const done = this.#follow(row, recipe, controller.signal).finally(() => this.#watched.delete(row.id))
    this.#watched.set(row.id, { controller, done })
  }

  async #follow(row: MachineRow, recipe: RuntimeRecipe, signal: AbortSignal): Promise<void> {
    const notes = this.#notesOf(row, recipe)
    while (!signal.aborted) {
      try {
        const hub = await this.#options.consoles.hubOf(row.id)
        await this.#readSignals(hub.signals(signal), notes, signal)
      } catch (error) {
        if (isAgentMachinesError(error) && error.entry.status !== 503) return
        this.#options.log.debug({ err: error, machineId: row.id }, 'cannot watch the agent')
      }
      await this.#try(notes, null)
      await waited(lookAgainMs, signal)
    }
  }

  async #readSignals(
    source: AsyncIterable<AgentSignals>,
    notes: AgentNotes,
    signal: AbortSignal,
  ): Promise<void> {
    let silent: NodeJS.Timeout | undefined
    try {
      silent = setTimeout(() => this.#try(notes, null), silentAfterMs)
      for await (const signals of source) {
        if (signal.aborted) return
        silent.refresh()
        await this.#try(notes, signals)
      }
    } finally {
      clearTimeout(silent)
    }
  }

  /** What cannot be written now is news again with the next signals. */
  async #try(notes: AgentNotes, signals: AgentSignals | null): Promise<void> {
    await notes
      .note(signals)
      .catch((error) => this.#options.log.warn({ err: error }, 'could not note what a machine does'))
  }

  #notesOf(row: MachineRow, recipe: RuntimeRecipe): AgentNotes {
    const { machines, bootstraps } = this.#options
    const secrets = new KnownSecrets(async () => (await bootstraps.planFor(row)).secrets, Date.now)
    return new AgentNotes({ machines, row, recipe, secrets, clock: () => new Date() })
  }
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    const stop = () => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true })
  })
}
