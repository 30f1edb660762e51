const atMost = 20

/** The consoles that were opened on a machine in this browser, so that their tabs stay. */
export function readOpenedSessions(machineId: string): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey(machineId)) ?? '[]')
    return Array.isArray(stored) ? stored.filter((each) => typeof each === 'string') : []
  } catch {
    // Not JSON, so nothing of ours.
    return []
  }
}

export function rememberSession(machineId: string, session: string): void {
  const opened = readOpenedSessions(machineId)
  if (session !== 'agent' && !opened.includes(session)) save(machineId, [...opened, session].slice(-atMost))
}

export function forgetSession(machineId: string, session: string): void {
  save(
    machineId,
    readOpenedSessions(machineId).filter((each) => each !== session),
  )
}

function save(machineId: string, sessions: readonly string[]): void {
  localStorage.setItem(storageKey(machineId), JSON.stringify(sessions))
}

function storageKey(machineId: string): string {
  return `am.sessions.${machineId}`
}
