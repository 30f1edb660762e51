import { useEffect, useRef, useState } from 'react'

export interface Receipt {
  /** The key that the worker has just taken. */
  readonly of: string | null
  /** Follows the key that is pressed now. */
  readonly await: (key: string) => void
  /** To be called when nothing is in flight any more. */
  readonly taken: () => void
  /** To be called when something was not typed: whatever it was, the key may be among it. */
  readonly givenBack: () => void
}

const shownMs = 1200

/** Shows for a moment that a key was taken. Its functions may be kept. */
export function useReceipt(): Receipt {
  const [of, setOf] = useState<string | null>(null)
  const awaited = useRef<string | null>(null)
  useEffect(() => {
    if (of === null) return
    const timer = setTimeout(() => setOf(null), shownMs)
    return () => clearTimeout(timer)
  }, [of])
  return {
    of,
    await: (key) => {
      awaited.current = key
    },
    taken: () => {
      if (awaited.current !== null) setOf(awaited.current)
      awaited.current = null
    },
    givenBack: () => {
      awaited.current = null
    },
  }
}
