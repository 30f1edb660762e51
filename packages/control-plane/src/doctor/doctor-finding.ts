/** What one check found. */
export interface DoctorFinding {
  readonly id: string
  readonly label: string
  readonly state: 'ok' | 'warn' | 'fail'
  /** One sentence with the values that were seen. */
  readonly message: string
  /** What to do about it; null when there is nothing to do. */
  readonly fix: string | null
}

export function ok(about: { id: string; label: string }, message: string): DoctorFinding {
  return { ...about, state: 'ok', message, fix: null }
}
