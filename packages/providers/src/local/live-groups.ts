import { setImmediate as nextTurn } from 'node:timers/promises'
import { liveStatOf } from './process-identity.ts'
import { allPids } from './small-files.ts'

/** So many take a few milliseconds. */
const perTurn = 200

let asked: Promise<ReadonlySet<number>> | undefined

/**
 * The process groups of this computer that have a living member, as they are after the call.
 *
 * Whoever asks in the same turn shares one look, which has one file open at a time: a fleet that is ended at once would
 * otherwise open every process's file once for each of its commands.
 */
export function liveGroups(): Promise<ReadonlySet<number>> {
  asked ??= nextTurn().then(() => {
    asked = undefined
    return look()
  })
  return asked
}

async function look(): Promise<ReadonlySet<number>> {
  const pids = allPids()
  const groups = new Set<number>()
  for (let start = 0; start < pids.length; start += perTurn) {
    for (const pid of pids.slice(start, start + perTurn)) {
      const stat = liveStatOf(pid)
      if (stat !== undefined) groups.add(stat.groupId)
    }
    await nextTurn()
  }
  return groups
}
