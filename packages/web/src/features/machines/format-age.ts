/** How long ago, in the one unit that matters: `48 s`, `12 min`, `3 h`, `2 d`; from a week on the date. */
export function formatAge(since: string, nowMs: number): string {
  const atMs = Date.parse(since)
  if (Number.isNaN(atMs)) return ''
  const seconds = Math.max(0, Math.floor((nowMs - atMs) / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d`
  return formatDate(atMs, nowMs)
}

/** A span between two moments: `36 ms`, `0.1 s`, `11.9 s`, `2 min 4 s`. */
export function formatSpan(ms: number): string {
  if (ms < 100) return `${Math.round(Math.max(0, ms))} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `3 Nov`, with the year when it is another one. */
export function formatDate(atMs: number, nowMs: number): string {
  const date = new Date(atMs)
  const sameYear = date.getFullYear() === new Date(nowMs).getFullYear()
  return date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  })
}

/** `14:08` today, otherwise the date with the time. */
export function formatMoment(at: string, nowMs: number): string {
  const atMs = Date.parse(at)
  if (Number.isNaN(atMs)) return ''
  const time = new Date(atMs).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString()
  return sameDay ? time : `${formatDate(atMs, nowMs)}, ${time}`
}
