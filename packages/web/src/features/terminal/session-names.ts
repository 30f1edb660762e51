export interface SessionTab {
  readonly name: string
  readonly label: string
}

export interface SessionTabs {
  readonly tabs: readonly SessionTab[]
  /** The name that the next new console gets. */
  readonly next: string
}

const atMost = 20

/** The tabs beside `current`: what every machine has, what was opened on this one, and what is shown. */
export function sessionTabs(current: string, opened: readonly string[], hasAgent: boolean): SessionTabs {
  const always = hasAgent ? ['agent', 'shell'] : ['agent']
  const names = [...new Set([...always, ...opened, current])].sort(byRank)
  return { tabs: names.map((name) => ({ name, label: labelOf(name, hasAgent) })), next: nextOf(names) }
}

/** Where no agent runs, the first console is a shell as well. */
function labelOf(name: string, hasAgent: boolean): string {
  const rank = rankOf(name)
  if (hasAgent || rank === null) return name
  return rank === 0 ? 'shell' : `shell-${rank + 1}`
}

function nextOf(names: readonly string[]): string {
  const free = Array.from({ length: atMost }, (_, index) => shellName(index + 1)).find(
    (name) => !names.includes(name),
  )
  return free ?? shellName(atMost)
}

function shellName(rank: number): string {
  return rank === 1 ? 'shell' : `shell-${rank}`
}

/** 0 for the agent's console, n for the nth shell, null for a name given by somebody else. */
function rankOf(name: string): number | null {
  if (name === 'agent') return 0
  if (name === 'shell') return 1
  const number = /^shell-(\d+)$/.exec(name)?.[1]
  return number === undefined ? null : Number(number)
}

function byRank(left: string, right: string): number {
  return (rankOf(left) ?? atMost + 1) - (rankOf(right) ?? atMost + 1) || left.localeCompare(right)
}
