import type { ConsoleConnection, ConsoleState, ConsoleStats, UndeliveredInput } from '@agent-machines/client'
import type { AgentMachinesError, Driver } from '@agent-machines/core'

/** What the bars around a console show. */
export interface ConsoleStatus {
  readonly state: ConsoleState
  readonly stats: ConsoleStats
  /** A key has been unacknowledged for a quarter second. */
  readonly slow: boolean
  readonly driver: Driver
  readonly viewers: number
  readonly mine: boolean
  readonly problem: AgentMachinesError | null
}

export const firstStatus: ConsoleStatus = {
  state: { state: 'connecting' },
  stats: { echoMs: null, roundTripMs: null, keysInFlight: 0 },
  slow: false,
  driver: null,
  viewers: 0,
  mine: true,
  problem: null,
}

const slowAfterMs = 250

/** Tells `change` about everything that happens to `connection`; the answer ends that. */
export function watchConnection(
  connection: ConsoleConnection,
  change: (part: Partial<ConsoleStatus>) => void,
  undelivered: (input: UndeliveredInput) => void,
  lost: (driver: NonNullable<Driver>) => void,
): () => void {
  let drove = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const onStats = (stats: ConsoleStats) => {
    if (stats.keysInFlight === 0) {
      clearTimeout(timer)
      timer = undefined
      change({ stats, slow: false })
      return
    }
    timer ??= setTimeout(() => change({ slow: true }), slowAfterMs)
    change({ stats })
  }
  const endings = [
    connection.on('state', (state) => change(state.state === 'live' ? { state, problem: null } : { state })),
    connection.on('stats', onStats),
    connection.on('driver', ({ driver, viewers, mine }) => {
      change({ driver, viewers, mine })
      if (drove && driver && !mine) lost(driver)
      drove = mine
    }),
    connection.on('problem', (problem) => change({ problem })),
    connection.on('undelivered', undelivered),
  ]
  return () => {
    clearTimeout(timer)
    for (const end of endings) end()
  }
}

/** Whether somebody else types here. */
export function isWatching(status: ConsoleStatus): boolean {
  return status.driver !== null && !status.mine
}
