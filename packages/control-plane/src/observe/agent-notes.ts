import { isDeepStrictEqual } from 'node:util'
import type { AgentSignals, AgentState, Gateway } from '@agent-machines/core'
import { lastLineOf, type RuntimeRecipe } from '@agent-machines/runtimes'
import type { MachineRow, MachineStore } from '../store/machine-store.ts'
import type { KnownSecrets } from './known-secrets.ts'
import { sameObservation } from './same-observation.ts'
import { StartedAgent } from './started-agent.ts'

export interface AgentNotesOptions {
  readonly machines: Pick<MachineStore, 'setSeen'>
  readonly row: Pick<MachineRow, 'id' | 'agent' | 'lastLine' | 'gatewayState'>
  readonly recipe: Pick<RuntimeRecipe, 'manifest' | 'stateOf' | 'contentOf'>
  readonly secrets: Pick<KnownSecrets, 'hideIn'>
  readonly clock: () => Date
}

/** Writes down what one machine's agent and chat gateway do and its console's last line, when any is news. */
export class AgentNotes {
  readonly #options: AgentNotesOptions
  readonly #started = new StartedAgent()
  #agent: AgentState | null
  #lastLine: string | null
  #gateway: Gateway | null
  #screen: readonly string[] | undefined

  constructor(options: AgentNotesOptions) {
    this.#options = options
    this.#agent = options.row.agent
    this.#lastLine = options.row.lastLine
    this.#gateway = options.row.gatewayState
  }

  /** Null stands for a worker that says nothing. */
  async note(signals: AgentSignals | null): Promise<void> {
    const { machines, row } = this.#options
    const agent = await this.#stateOf(signals)
    const lastLine = await this.#lastLineOf(signals?.screen)
    const gateway = signals?.gateway ?? this.#gateway
    const isSame = sameObservation(this.#agent, agent) && lastLine === this.#lastLine
    if (isSame && isDeepStrictEqual(gateway, this.#gateway)) return
    await machines.setSeen(row.id, { agent, lastLine, ...(gateway && { gatewayState: gateway }) })
    this.#agent = agent
    this.#lastLine = lastLine
    this.#gateway = gateway
  }

  async #stateOf(signals: AgentSignals | null): Promise<AgentState | null> {
    const { recipe, secrets, clock } = this.#options
    if (!recipe.manifest.hasAgent) return null
    const now = clock()
    if (signals === null) {
      const detail = 'The machine does not report.'
      return { state: 'unknown', since: now.toISOString(), source: 'console', detail }
    }
    const seen = recipe.stateOf(signals, now)
    const state = seen && this.#started.judge(signals, seen)
    if (!state?.detail) return state
    const detail = await secrets.hideIn(state.detail)
    return detail === null ? withoutDetail(state) : { ...state, detail }
  }

  async #lastLineOf(screen: readonly string[] | undefined): Promise<string | null> {
    if (screen === undefined || screen === this.#screen) return this.#lastLine
    const shown = lastLineOf(this.#options.recipe, screen)
    const line = shown === null ? null : await this.#options.secrets.hideIn(shown)
    if (shown !== null && line === null) return this.#lastLine
    this.#screen = screen
    return line
  }
}

function withoutDetail({ state, since, source }: AgentState): AgentState {
  return { state, since, source }
}
