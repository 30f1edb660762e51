import type { MachineProvider } from '@agent-machines/core'
import type { Logger } from 'pino'
import type { SessionKeeper } from '../console/session-keeper.ts'
import { type MachineAccess, refOf } from '../fleet/machine-access.ts'
import type { Step } from '../fleet/next-step.ts'
import type { StepRunner } from '../fleet/reconciler.ts'
import type { MachineRow } from '../store/machine-store.ts'
import type { Vault } from '../store/secrets/vault.ts'
import type { BootstrapService } from './bootstrap-service.ts'
import type { GatewayKeeper } from './gateway-keeper.ts'
import { openMachineEnvironment } from './machine-environment.ts'

export interface MachineStepOptions {
  readonly access: MachineAccess
  readonly vault: Pick<Vault, 'open'>
  readonly bootstraps: Pick<BootstrapService, 'run'>
  readonly sessions: Pick<SessionKeeper, 'beforeSleep' | 'afterWake' | 'afterReload'>
  readonly gateways: Pick<GatewayKeeper, 'afterWake' | 'afterReload'>
  /** Ends this instance's consoles of a machine that is about to stop. */
  readonly closeConsoles: (machineId: string, reason: 'asleep' | 'destroyed') => void
  readonly log: Logger
}

/** What each step of a machine's life does; the reconciler decides when. Every step is safe to repeat. */
export function machineSteps(options: MachineStepOptions): Readonly<Record<Step, StepRunner>> {
  const { access, bootstraps, sessions, gateways, closeConsoles } = options
  return {
    provision: (row, signal) => provision(options, row, signal),
    async bootstrap(row, signal) {
      const ended = await bootstraps.run(row, signal)
      if (ended.state !== 'ready') return ended
      const now = await access.get(row.id)
      // It was given other things meanwhile.
      if (row.setup !== now.setup)
        return { ...ended, state: 'bootstrapping', runtimeVersion: now.runtimeVersion }
      if (!now.restartAgent) return ended
      await sessions.afterReload(row, signal)
      await gateways.afterReload(row, signal)
      // The agent that was seen last is gone.
      return { ...ended, restartAgent: false, agent: null }
    },
    async sleep(row, signal) {
      closeConsoles(row.id, 'asleep')
      await sessions.beforeSleep(row, signal)
      await access.providerOf(row).sleep(refOf(row))
      return { state: 'asleep', stateReason: null, stateDetail: null, agent: null, gatewayState: null }
    },
    async wake(row, signal) {
      await access.providerOf(row).wake(refOf(row))
      await sessions.afterWake(row, signal)
      await gateways.afterWake(row, signal)
      const { bootstrap } = await access.get(row.id)
      const state = ['pending', 'running'].includes(bootstrap.state) ? 'bootstrapping' : 'ready'
      return { state, stateReason: null, stateDetail: null }
    },
    async destroy(row) {
      closeConsoles(row.id, 'destroyed')
      // Also without a reference: the provider may have made something before it could be noted.
      await access.providerOf(row).destroy({ machineId: row.id, ref: row.providerRef ?? '' })
      return { state: 'destroyed', stateReason: null, stateDetail: null, agent: null, env: null }
    },
  }
}

async function provision({ access, vault }: MachineStepOptions, row: MachineRow, signal: AbortSignal) {
  const provider: MachineProvider = access.providerOf(row)
  const source = row.workspaceSource
  const made = await provider.provision({
    machineId: row.id,
    spec: row.spec,
    env: await openMachineEnvironment(vault, row),
    hostPath: source && 'hostPath' in source ? source.hostPath : undefined,
    signal,
  })
  return {
    state: 'bootstrapping' as const,
    providerRef: made.ref,
    home: made.home,
    isolation: made.isolation,
    network: made.network,
    capabilities: made.capabilities,
  }
}
