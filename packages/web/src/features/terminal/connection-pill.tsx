import { useEffect, useId, useRef, useState } from 'react'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { type Fact, factsOfConnection, pillOf } from './connection-facts.ts'
import type { ConsoleStatus } from './console-status.ts'

/** How the connection stands; pressed, everything that is known of it. */
export function ConnectionPill({ status }: { status: ConsoleStatus }) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const pill = pillOf(status.state, status.stats, status.slow)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        className="pill"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <StateGlyph shape={pill.shape} />
        {pill.text}
      </button>
      {isOpen && <Detail id={id} facts={factsOfConnection(status)} onClose={close} />}
    </>
  )
}

function Detail({ id, facts, onClose }: { id: string; facts: readonly Fact[]; onClose: () => void }) {
  const panel = useRef<HTMLElement>(null)
  const latest = useRef(onClose)
  latest.current = onClose
  useEffect(() => {
    panel.current?.focus()
    const onPress = (event: PointerEvent) => {
      const target = event.target as Element
      if (!panel.current?.contains(target) && !target.closest('.pill')) latest.current()
    }
    document.addEventListener('pointerdown', onPress)
    return () => document.removeEventListener('pointerdown', onPress)
  }, [])
  return (
    <section
      ref={panel}
      id={id}
      className="pill-detail"
      aria-label="Connection"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <dl>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
