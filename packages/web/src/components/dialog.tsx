import { type ReactNode, useEffect, useRef } from 'react'

export interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** A sheet comes from a side and keeps what is beside it in view. */
  readonly kind?: 'dialog' | 'sheet' | 'sheet sheet-left'
}

/** A modal that is open as long as it is rendered; Esc and a press beside it close it. */
export function Dialog({ title, onClose, children, kind = 'dialog' }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    if (dialog && !dialog.open) dialog.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the dialog element closes on Esc by itself
    <dialog
      ref={ref}
      className={kind}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget && isBeside(event)) onClose()
      }}
    >
      <h2>{title}</h2>
      {children}
    </dialog>
  )
}

function isBeside(event: React.MouseEvent<HTMLDialogElement>): boolean {
  const box = event.currentTarget.getBoundingClientRect()
  const { clientX: x, clientY: y } = event
  return x < box.left || x > box.right || y < box.top || y > box.bottom
}
