import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react'
import { type Shape, StateGlyph } from './state-glyph.tsx'

export interface Toast {
  readonly text: string
  readonly shape: Shape
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

const stayMs = 6000
const atMost = 3

const ToastContext = createContext<(toast: Toast) => void>(() => {})

/** Says a result or offers a next step; whatever needs a person stands on the page as well. */
export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext)
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly (Toast & { id: number })[]>([])
  const nextId = useRef(1)
  const show = useCallback((toast: Toast) => {
    const id = nextId.current++
    setToasts((all) => [...all, { ...toast, id }].slice(-atMost))
  }, [])
  const drop = useCallback((id: number) => setToasts((all) => all.filter((each) => each.id !== id)), [])
  return (
    <ToastContext value={show}>
      {children}
      <section className="toasts" aria-label="Messages" aria-live="polite">
        {toasts.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onDone={() => drop(toast.id)} />
        ))}
      </section>
    </ToastContext>
  )
}

function ToastLine({ toast, onDone }: { toast: Toast; onDone: () => void }) {
  const [held, setHeld] = useState(false)
  const done = useRef(onDone)
  done.current = onDone
  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => done.current(), stayMs)
    return () => clearTimeout(timer)
  }, [held])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointer and focus only pause the clock
    <div
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <StateGlyph shape={toast.shape} />
      <span>{toast.text}</span>
      {toast.action && (
        <button
          type="button"
          className="link"
          onClick={() => {
            toast.action?.run()
            onDone()
          }}
        >
          {toast.action.label}
        </button>
      )}
    </div>
  )
}
