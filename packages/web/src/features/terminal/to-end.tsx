import { useEffect, useState } from 'react'
import type { MountedTerminal } from './create-terminal.ts'

/** Says how much came in below while the scrollback is read. */
export function ToEnd({ pane }: { pane: MountedTerminal }) {
  const [below, setBelow] = useState<number | null>(null)
  useEffect(() => {
    const { terminal } = pane
    let leftAt: number | null = null
    const look = () => {
      const { baseY, viewportY } = terminal.buffer.active
      if (viewportY >= baseY) leftAt = null
      else leftAt ??= baseY
      setBelow(leftAt === null ? null : Math.max(0, baseY - leftAt))
    }
    const listeners = [terminal.onScroll(look), terminal.onWriteParsed(look)]
    return () => {
      for (const listener of listeners) listener.dispose()
    }
  }, [pane])
  if (below === null) return null
  return (
    <button
      type="button"
      className="to-end"
      onClick={() => {
        pane.terminal.scrollToBottom()
        pane.terminal.focus()
        setBelow(null)
      }}
    >
      ↓ {below > 0 ? `${below} new ${below === 1 ? 'line' : 'lines'}` : 'To the end'}
    </button>
  )
}
