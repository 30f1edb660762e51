import type { ConsoleConnection, ConsoleState, ConsoleStats, RefusalKind } from '@agent-machines/client'
import type { AgentMachinesError, ConsoleRest, ConsoleTier, Driver } from '@agent-machines/core'

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
  /** The console's grid, which the driver sets. */
  readonly size: { readonly cols: number; readonly rows: number } | null
  readonly tier: ConsoleTier | null
  readonly rest: ConsoleRest | null
  /** When the connection last stopped standing, by this computer's clock. */
  readonly brokeAt: number | null
  readonly refusal: RefusalKind | null
}

export const firstStatus: ConsoleStatus = {
  state: { state: 'connecting' },
  stats: { echoMs: null, roundTripMs: null, keysInFlight: 0 },
  slow: false,
  driver: null,
  viewers: 0,
  mine: true,
  problem: null,
  size: null,
  tier: null,
  rest: null,
  brokeAt: null,
  refusal: null,
}

const slowAfterMs = 250

export interface StatusListener {
  readonly change: (part: Partial<ConsoleStatus>) => void
  /** Nothing is in flight any more. */
  readonly taken: () => void
}

/** Tells `listener` about everything that happens to `connection`; the answer ends that. */
export function watchConnection(connection: ConsoleConnection, listener: StatusListener): () => void {
  const { change } = listener
  let wasLive = false
  const endings = [
    watchStats(connection, listener),
    connection.on('state', (state) => {
      const broke = wasLive && (state.state === 'reconnecting' || state.state === 'offline')
      wasLive = state.state === 'live'
      change({ state, ...(wasLive ? { problem: null } : {}), ...(broke ? { brokeAt: Date.now() } : {}) })
    }),
    connection.on('started', ({ tier, rest }) => change({ tier, rest })),
    connection.on('snapshot', ({ cols, rows }) => change({ size: { cols, rows }, problem: null })),
    connection.on('resize', (size) => change({ size })),
    connection.on('driver', (driving) => change(driving)),
    connection.on('refusal', ({ kind }) => change({ refusal: kind })),
    connection.on('problem', (problem) => change({ problem })),
  ]
  return () => {
    for (const end of endings) end()
  }
}

/** Whether somebody else types here. */
export function isWatching(status: ConsoleStatus): boolean {
  return status.driver !== null && !status.mine
}

/** A key must not wait for the bars around the screen, so they follow the counts four times a second. */
function watchStats(connection: ConsoleConnection, { change, taken }: StatusListener): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = firstStatus.stats
  let wasIdle = false
  const wait = () => {
    wasIdle = latest.keysInFlight === 0
    timer = setTimeout(tell, slowAfterMs)
  }
  const tell = () => {
    timer = undefined
    const isIdle = latest.keysInFlight === 0
    change({ stats: latest, slow: !isIdle && !wasIdle })
    if (!isIdle) wait()
  }
  const end = connection.on('stats', (stats) => {
    if (stats.keysInFlight === 0 && latest.keysInFlight > 0) taken()
    latest = stats
    wasIdle ||= stats.keysInFlight === 0
    if (timer === undefined) wait()
  })
  return () => {
    clearTimeout(timer)
    end()
  }
}
