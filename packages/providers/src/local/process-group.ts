import { setTimeout as delay } from 'node:timers/promises'
import { liveGroups } from './live-groups.ts'
import { errnoOf } from './local-errors.ts'

const scanAfterMs = 10

/**
 * Kills every process of the group and resolves once none is left, true, or after `boundMs`, false.
 *
 * Members of a frozen v1 cgroup die only when it thaws.
 */
export async function killProcessGroup(groupId: number, boundMs = 5_000): Promise<boolean> {
  for (let waitedMs = 0, stepMs = 1; ; waitedMs += stepMs, stepMs = Math.min(stepMs * 2, 50)) {
    if (!signalGroup(groupId)) return true
    if (waitedMs > scanAfterMs && !(await hasLiveMember(groupId))) return true
    if (waitedMs >= boundMs) return false
    await delay(stepMs)
  }
}

/** Members that are dead but not reaped by a slow init still take signals; only a look tells. */
async function hasLiveMember(groupId: number): Promise<boolean> {
  return (await liveGroups()).has(groupId)
}

/** Resolves once no process of the group is left, not even one that is just ending; false after `boundMs`. */
export async function processGroupEnds(groupId: number, boundMs = 10_000): Promise<boolean> {
  for (let waitedMs = 0, stepMs = 1; ; waitedMs += stepMs, stepMs = Math.min(stepMs * 2, 50)) {
    if (!(await hasLiveMember(groupId))) return true
    if (waitedMs >= boundMs) return false
    await delay(stepMs)
  }
}

/** False when the group has no member. */
export function signalGroup(groupId: number): boolean {
  try {
    process.kill(-groupId, 'SIGKILL')
    return true
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false
    throw error
  }
}
