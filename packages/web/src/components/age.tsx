import { useSyncExternalStore } from 'react'
import { formatAge } from '../features/machines/format-age.ts'

const tickMs = 1000

/** How long ago `since` was; ticks by itself and renders only when the text changes. */
export function Age({ since }: { since: string }) {
  const text = useSyncExternalStore(subscribe, () => formatAge(since, Date.now()))
  return (
    <time dateTime={since} title={new Date(since).toLocaleString()}>
      {text}
    </time>
  )
}

/** The time, as coarse as `stepMs`, so that a list is not sorted anew every second. */
export function useNow(stepMs: number): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / stepMs) * stepMs)
}

function subscribe(onTick: () => void): () => void {
  const timer = setInterval(onTick, tickMs)
  return () => clearInterval(timer)
}
