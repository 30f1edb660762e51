import type { Machine } from '@agent-machines/core'
import type { Picks } from './deploy-choices.ts'

const storageKey = 'am.last-deploy'

/** What was deployed last in this browser, to start the form from. */
export function readLastDeploy(): Omit<Picks, 'model'> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}')
    return {
      runtime: textOf(stored, 'runtime'),
      substrate: textOf(stored, 'substrate'),
      upstream: textOf(stored, 'upstream'),
    }
  } catch {
    // Not JSON, so nothing of ours.
    return { runtime: null, substrate: null, upstream: null }
  }
}

export function saveLastDeploy({ runtime, substrate, upstream }: Machine): void {
  localStorage.setItem(storageKey, JSON.stringify({ runtime, substrate, upstream }))
}

function textOf(stored: unknown, name: string): string | null {
  if (typeof stored !== 'object' || stored === null) return null
  const value: unknown = Object.entries(stored).find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : null
}
