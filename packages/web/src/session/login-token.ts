/** Takes the one-time token out of the address, so that neither history nor a reload holds it. */
export function takeLoginToken(location: Location, history: History): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (!token) return null
  history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

/** Where to go after signing in: a page of the dashboard, never another site. */
export function returnPathOf(value: unknown): string {
  return typeof value === 'string' && /^\/dashboard(\/[\w./?=&%-]*)?$/.test(value) ? value : '/dashboard'
}
