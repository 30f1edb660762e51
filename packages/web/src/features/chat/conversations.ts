import { isRunOver, type Run } from '@agent-machines/core'

export interface Conversation {
  /** The id of its first run that is known. */
  readonly id: string
  /** Null until its agent began it. */
  readonly session: string | null
  /** Oldest first. */
  readonly runs: readonly Run[]
}

/** The runs of a machine, given newest first, as conversations; the one with the newest run first. */
export function conversationsOf(runs: readonly Run[]): Conversation[] {
  const groups = new Map<string, Run[]>()
  for (const run of runs) {
    const key = run.session ?? run.id
    groups.set(key, [run, ...(groups.get(key) ?? [])])
  }
  return [...groups.values()].map((turns) => {
    const [first] = turns
    return { id: first?.id ?? '', session: first?.session ?? null, runs: turns }
  })
}

/** The run that has to end before the next message. */
export function goingOn({ runs }: Pick<Conversation, 'runs'>): Run | undefined {
  return runs.find((run) => !isRunOver(run.state))
}
