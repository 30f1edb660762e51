/** Takes the one-time token out of the address, so that neither history nor a reload holds it. */
export function takeLoginToken(location: Location, history: History): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (!token) return null
  history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

/** Where to go after signing in: a page of the dashboard, never another site. */
export function returnPathOf(value: unknown): string {
  return typeof value === 'string' && /^\/dashboard(\/[\w./%-]*)?(\?[\w./?=&%+~-]*)?$/.test(value)
    ? value
    : '/dashboard'
}

const storageKey = 'am.return'
const keptMs = 60 * 60 * 1000

/** Keeps where somebody was for the tab in which the next link is opened. */
export function rememberReturn(path: string, now: number): void {
  localStorage.setItem(storageKey, `${now} ${path}`)
}

/** Where somebody was within the last hour, once; else the beginning. */
export function takeReturn(now: number): string {
  const [at, path] = localStorage.getItem(storageKey)?.split(' ') ?? []
  localStorage.removeItem(storageKey)
  return returnPathOf(now - Number(at) < keptMs ? path : null)
}
