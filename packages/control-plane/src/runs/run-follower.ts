import { setTimeout as delay } from 'node:timers/promises'
import {
  AgentMachinesError,
  type Exec,
  isAgentMachinesError,
  type RunOutcome,
  type UpstreamCheck,
} from '@agent-machines/core'
import {
  endRunCommand,
  exitOfRunCommand,
  type FoldedRunEvent,
  followRunCommand,
  forgetRunCommand,
  noSuchRun,
  parseRunExit,
  RunFold,
  startRunCommand,
} from '@agent-machines/runtimes'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { BootstrapService } from '../deploy/bootstrap-service.ts'
import { redact } from '../deploy/redact.ts'
import type { MachineAccess } from '../fleet/machine-access.ts'
import type { MachineRow } from '../store/machine-store.ts'
import type { RunRow, RunStore } from '../store/run-store.ts'
import { secondOpinionOn } from './second-opinion.ts'

export interface RunFollowerOptions {
  readonly runs: Pick<RunStore, 'get' | 'append' | 'setRunning'>
  readonly access: Pick<MachineAccess, 'get' | 'execFor'>
  readonly catalogue: Pick<Catalogue, 'recipe' | 'isListPriced'>
  readonly bootstraps: Pick<BootstrapService, 'agentOf'>
  /** Asks a model source whether it serves what it is asked for. */
  readonly checkUpstream: (upstream: string | null) => Promise<UpstreamCheck>
}

type Agent = Awaited<ReturnType<BootstrapService['agentOf']>>

const commandMs = 60_000
const followAgainMs = 500
const mostFailures = 6

/** Brings one run from its machine into the store; one at a time for each run. */
export class RunFollower {
  readonly #options: RunFollowerOptions

  constructor(options: RunFollowerOptions) {
    this.#options = options
  }

  /**
   * Starts the run unless it was, and stores what it does until it is over.
   *
   * Resolves early when its machine cannot tell now; rejects when it stopped telling. Both go on with the next call.
   */
  async follow(run: RunRow, signal: AbortSignal): Promise<void> {
    const machine = await this.#options.access.get(run.machineId)
    const neverStarted = run.state === 'starting'
    if (isGone(machine)) return this.#end(run, 'failed', `Its machine is ${machine.state}.`)
    if (neverStarted && run.cancelRequestedAt !== null) return this.#end(run, 'cancelled', null)
    if (machine.state !== 'ready') return
    const exec = this.#options.access.execFor(machine)
    const agent = await this.#options.bootstraps.agentOf(machine).catch(asRefusal)
    if (isAgentMachinesError(agent)) {
      // Without its credential nobody knows which secret must be kept out of what it says.
      await exec.exec({ ...endRunCommand(run.id, 'cancelled'), timeoutMs: commandMs, signal })
      return this.#end(run, 'failed', agent.message)
    }
    if (neverStarted && !(await this.#start(run, machine, agent, exec, signal))) return
    await this.#read(run, machine, agent, exec, signal)
  }

  /** Ends what runs on the machine; `follow` notes how it came out. */
  async cancel(run: RunRow): Promise<void> {
    const machine = await this.#options.access.get(run.machineId)
    if (machine.state !== 'ready') return
    await this.#options.access
      .execFor(machine)
      .exec({ ...endRunCommand(run.id, 'cancelled'), timeoutMs: commandMs })
  }

  async #start(run: RunRow, machine: MachineRow, { context }: Agent, exec: Exec, signal: AbortSignal) {
    const request = {
      permissions: run.permissions,
      ...(run.resumedSession === null ? {} : { session: run.resumedSession }),
      ...(run.budgetUsd === null ? {} : { budgetUsd: run.budgetUsd }),
    }
    const model = run.model ?? context.model
    const command = startRunCommand({
      id: run.id,
      task: run.task,
      timeoutMs: run.timeoutMs,
      workDirectory: context.workDirectory,
      headless: this.#headlessOf(machine, run).commandFor({ ...context, model }, request),
    })
    const { exitCode, stderr } = await exec.exec({ ...command, timeoutMs: commandMs, signal })
    if (exitCode !== 0) {
      const said = new TextDecoder().decode(stderr).trim()
      await this.#end(run, 'failed', said || `It could not be started (exit code ${exitCode}).`)
      return false
    }
    await this.#options.runs.setRunning(run.id)
    const now = await this.#options.runs.get(run.id)
    if (now?.cancelRequestedAt) await this.cancel(run)
    return true
  }

  async #read(run: RunRow, machine: MachineRow, agent: Agent, exec: Exec, signal: AbortSignal) {
    const model = run.model ?? agent.context.model
    const headless = this.#headlessOf(machine, run)
    const fold = new RunFold(headless.createReader(model), {
      model,
      isListPriced: this.#options.catalogue.isListPriced(machine.upstream),
      budgetUsd: headless.budget === 'usage' ? run.budgetUsd : null,
      redact: (text) => redact(text, agent.secrets),
    })
    const log = new StoredLog(run, this.#options.runs)
    let isGivenUp = false
    const take = async (bytes: Uint8Array) => {
      await log.add(fold.read(bytes))
      if (isGivenUp || !fold.isToEnd) return
      isGivenUp = true
      await exec.exec({ ...endRunCommand(run.id, 'given-up'), timeoutMs: commandMs, signal })
    }
    await followOutput(run.id, exec, take, signal)
    const told = await exec.exec({ ...exitOfRunCommand(run.id), timeoutMs: commandMs, signal })
    const rest = fold.finish(parseRunExit(new TextDecoder().decode(told.stdout)))
    const check = () => this.#options.checkUpstream(machine.upstream)
    await log.add(await Promise.all(rest.map((event) => secondOpinionOn(event, check))))
    await exec.exec({ ...forgetRunCommand(run.id), timeoutMs: commandMs, signal })
  }

  #headlessOf(machine: MachineRow, run: RunRow) {
    const recipe = this.#options.catalogue.recipe(machine.runtime)
    const { headless } = run.via === 'gateway' && recipe.gateway ? recipe.gateway : recipe
    if (!headless) throw new AgentMachinesError('CAPABILITY_UNSUPPORTED', `${machine.runtime} takes no runs.`)
    return headless
  }

  async #end(run: RunRow, state: RunOutcome, detail: string | null): Promise<void> {
    await this.#options.runs.append(run.id, run.lastSeq, [
      { event: 'end', data: { state, detail, exitCode: null, cause: null } },
    ])
  }
}

/** Hands over what the run prints until it is over; goes on behind the last byte when the way there broke. */
async function followOutput(
  runId: string,
  exec: Exec,
  take: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let offset = 0
  let isTaking = false
  for (let failures = 0; ; failures++) {
    try {
      for await (const event of exec.streamExec({ ...followRunCommand(runId, offset), signal })) {
        if (event.kind === 'stdout') {
          offset += event.bytes.length
          failures = 0
          isTaking = true
          await take(event.bytes)
          isTaking = false
        }
        if (event.kind === 'exit' && event.exitCode !== 0 && event.exitCode !== noSuchRun)
          throw new AgentMachinesError('SUBSTRATE_TRANSIENT', `Run ${runId} could not be followed.`)
      }
      return
    } catch (error) {
      const isPassing = isAgentMachinesError(error) && error.entry.retry === 'later'
      // What could not be taken is read again, from the beginning.
      if (isTaking || signal.aborted || !isPassing || failures >= mostFailures) throw error
      await delay(followAgainMs, undefined, { signal })
    }
  }
}

/** Adds to the store what it does not hold yet of events that are read from the beginning. */
class StoredLog {
  readonly #run: RunRow
  readonly #runs: Pick<RunStore, 'append'>
  #stored: number
  #seen = 0

  constructor(run: RunRow, runs: Pick<RunStore, 'append'>) {
    this.#run = run
    this.#runs = runs
    this.#stored = run.lastSeq
  }

  async add(events: readonly FoldedRunEvent[]): Promise<void> {
    const fresh = events.slice(Math.max(0, this.#stored - this.#seen))
    this.#seen += events.length
    if (fresh.length === 0) return
    if (!(await this.#runs.append(this.#run.id, this.#stored, fresh)))
      throw new Error(`run ${this.#run.id} is followed by somebody else`)
    this.#stored += fresh.length
  }
}

/** Nothing of it will ever be heard again. */
function isGone({ state, stateReason }: MachineRow): boolean {
  if (state === 'failed') return stateReason === 'SUBSTRATE_NOT_FOUND'
  return state === 'destroying' || state === 'destroyed'
}

function asRefusal(error: unknown): AgentMachinesError {
  if (isAgentMachinesError(error, 'GATE_BLOCKED')) return error
  throw error
}
