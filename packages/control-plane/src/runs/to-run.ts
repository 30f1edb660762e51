import type { Run } from '@agent-machines/core'
import type { RunRow } from '../store/run-store.ts'

/** The run as the outside sees it. */
export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    machineId: row.machineId,
    task: row.task,
    origin: row.origin,
    via: row.via,
    state: row.state,
    detail: row.detail,
    exitCode: row.exitCode,
    cause: row.cause,
    session: row.session ?? row.resumedSession,
    model: row.model,
    permissions: row.permissions,
    timeoutMs: row.timeoutMs,
    budgetUsd: row.budgetUsd,
    usage: row.usage,
    result: row.result,
    cancelRequested: row.cancelRequestedAt !== null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}
