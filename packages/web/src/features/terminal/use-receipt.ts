import { useEffect, useRef, useState } from 'react'

export interface Receipt {
  /** The key that the worker has just taken. */
  readonly of: string | null
  /** Follows the key that is pressed now. */
  readonly await: (key: string) => void
}

const shownMs = 1200

/** Shows for a moment that a key was taken: once nothing is in flight any more and nothing was `givenBack`. */
export function useReceipt(keysInFlight: number, givenBack: unknown): Receipt {
  const [taken, setTaken] = useState<string | null>(null)
  const awaited = useRef<string | null>(null)
  const wasInFlight = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever was given back, the key may be among it
  useEffect(() => {
    awaited.current = null
  }, [givenBack])
  useEffect(() => {
    if (keysInFlight > 0) wasInFlight.current = true
    else if (wasInFlight.current) {
      wasInFlight.current = false
      setTaken(awaited.current)
      awaited.current = null
    }
  }, [keysInFlight])
  useEffect(() => {
    if (taken === null) return
    const timer = setTimeout(() => setTaken(null), shownMs)
    return () => clearTimeout(timer)
  }, [taken])
  return {
    of: taken,
    await: (key) => {
      awaited.current = key
    },
  }
}
