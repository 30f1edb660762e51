import type { Gateway, Machine } from '@agent-machines/core'
import { withoutCredentials } from '../deploy/redact.ts'
import type { MachineRow } from '../store/machine-store.ts'

/** The machine as the outside sees it; nothing of the substrate's own reference leaves. */
export function toMachine(row: MachineRow): Machine {
  return {
    id: row.id,
    name: row.name,
    labels: row.labels,
    runtime: row.runtime,
    runtimeVersion: row.runtimeVersion,
    substrate: row.substrate,
    upstream: row.upstream,
    model: row.model,
    preset: row.preset,
    spec: row.spec,
    workspace: shownWorkspace(row.workspaceSource),
    state: row.state,
    ...(row.stateReason === null ? {} : { stateReason: row.stateReason }),
    ...(row.stateDetail === null ? {} : { stateDetail: row.stateDetail }),
    agent: row.agent,
    gateway: gatewayOf(row),
    ...(row.lastLine === null ? {} : { lastLine: row.lastLine }),
    isolation: row.isolation,
    network: row.network,
    bootstrap: row.bootstrap,
    capabilities: row.capabilities,
    home: row.home,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    lastActivityAt: row.lastActivityAt.toISOString(),
    ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt.toISOString() }),
  }
}

function gatewayOf({ gateway, gatewayState, state, updatedAt }: MachineRow): Gateway | null {
  if (!gateway) return null
  const since = gatewayState?.since ?? updatedAt.toISOString()
  if (state === 'ready' || state === 'unknown')
    return gatewayState ?? { state: 'starting', port: null, since }
  const isComing = state === 'provisioning' || state === 'bootstrapping' || state === 'waking'
  return { state: isComing ? 'starting' : 'stopped', port: null, since }
}

/** A repository's address is shown without the password that may stand in it. */
function shownWorkspace(source: MachineRow['workspaceSource']): Machine['workspace'] {
  if (!source || !('git' in source)) return source
  return { ...source, git: withoutCredentials(source.git) }
}
