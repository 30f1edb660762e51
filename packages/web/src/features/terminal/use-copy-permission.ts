import { useState } from 'react'

export interface CopyPermission {
  /** What a program wants to copy and waits to be allowed; null when nothing waits. */
  readonly asked: string | null
  readonly onCopy: (text: string) => void
  readonly answer: (isAllowed: boolean) => void
}

/** Programs may copy to the clipboard of this computer once a person allowed it, machine by machine. */
export function useCopyPermission(machineId: string): CopyPermission {
  const [asked, setAsked] = useState<string | null>(null)
  const storageKey = `am.clipboard.${machineId}`
  return {
    asked,
    onCopy: (text) => {
      if (localStorage.getItem(storageKey) === 'allowed') copyText(text)
      else setAsked(text)
    },
    answer: (isAllowed) => {
      if (isAllowed && asked !== null) {
        localStorage.setItem(storageKey, 'allowed')
        copyText(asked)
      }
      setAsked(null)
    },
  }
}

export function copyText(text: string): void {
  navigator.clipboard.writeText(text).catch(reportError)
}
