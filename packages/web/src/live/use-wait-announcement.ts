import type { Machine } from '@agent-machines/core'
import { useEffect, useRef, useState } from 'react'
import { needOf } from '../features/machines/machine-sentences.ts'

/** The last wait that began while this page was open, in words to be read aloud; each wait is said once. */
export function useWaitAnnouncement(waiting: readonly Machine[], isKnown: boolean): string {
  const known = useRef<Set<string> | null>(null)
  const [words, setWords] = useState('')
  useEffect(() => {
    if (!isKnown) return
    const waits = new Map(waiting.map((machine) => [`${machine.id} ${machine.agent?.since ?? ''}`, machine]))
    const before = known.current
    known.current = new Set(waits.keys())
    if (!before) return
    const begun = [...waits].filter(([wait]) => !before.has(wait)).map(([, machine]) => sentenceOf(machine))
    if (begun.length > 0) setWords(begun.join(' '))
  }, [waiting, isKnown])
  return words
}

function sentenceOf(machine: Machine): string {
  const ask = needOf(machine)?.ask
  return `${machine.name} waits${ask ? `: ${ask}` : ''}.`
}
