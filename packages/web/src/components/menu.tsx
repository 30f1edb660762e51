import { Ellipsis } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'

export interface MenuItem {
  readonly label: string
  readonly icon: ReactNode
  readonly onSelect: () => void
  /** A line above it: what follows is of another kind. */
  readonly apart?: boolean
  readonly bad?: boolean
}

/** The `⋯` button with its list of commands. */
export function Menu({
  label,
  items,
  className = '',
}: {
  label: string
  items: readonly MenuItem[]
  className?: string
}) {
  const [place, setPlace] = useState<{ top: number; right: number } | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const open = () => {
    const box = button.current?.getBoundingClientRect()
    if (box) setPlace(placeOf(box, items.length))
  }
  const close = () => {
    setPlace(null)
    button.current?.focus()
  }
  if (items.length === 0) return null
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`button button-quiet button-icon button-small ${className}`}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={place !== null}
        aria-controls={id}
        onClick={place ? close : open}
      >
        <Ellipsis className="icon" aria-hidden="true" />
      </button>
      {place && <MenuList id={id} label={label} items={items} place={place} onClose={close} />}
    </>
  )
}

interface MenuListProps {
  readonly id: string
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly place: { top: number; right: number }
  readonly onClose: () => void
}

function MenuList({ id, label, items, place, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => list.current?.querySelector('button')?.focus(), [])
  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      if (!list.current?.contains(event.target as Node)) onClose()
    }
    document.addEventListener('pointerdown', onPress)
    return () => document.removeEventListener('pointerdown', onPress)
  }, [onClose])
  return (
    <div
      ref={list}
      id={id}
      className="menu"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      style={place}
      onKeyDown={(event) => moveFocus(event, onClose)}
    >
      {items.map((item) => (
        <div key={item.label} role="none">
          {item.apart && <hr />}
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={item.bad ? 'text-bad' : ''}
            onClick={() => {
              onClose()
              item.onSelect()
            }}
          >
            {item.icon}
            {item.label}
          </button>
        </div>
      ))}
    </div>
  )
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>, onClose: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')]
  const index = items.indexOf(document.activeElement as HTMLElement)
  const targets: Record<string, number> = {
    ArrowDown: (index + 1) % items.length,
    ArrowUp: (index - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }
  const target = targets[event.key]
  if (target !== undefined) {
    event.preventDefault()
    items[target]?.focus()
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    event.preventDefault()
    event.stopPropagation()
    onClose()
  }
}

function placeOf(box: DOMRect, count: number): { top: number; right: number } {
  const height = count * 44 + 20
  const top = box.bottom + 4 + height > innerHeight ? Math.max(8, box.top - height + 16) : box.bottom + 4
  return { top, right: Math.max(8, innerWidth - box.right) }
}
