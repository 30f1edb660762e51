import type { Terminal } from '@xterm/xterm'

const slopPx = 8
const dampingPerFrame = 0.95
const slowestPx = 0.4

/** Fingers on the glass: one scrolls, two change the size of the letters. Gives what ends it. */
export function followTouch(
  element: HTMLElement,
  terminal: Terminal,
  zoom: { readonly begin: () => number; readonly to: (size: number) => void },
): () => void {
  const scroll = createScroll(element, terminal)
  let pinch: { readonly apart: number; readonly size: number } | null = null
  let at: { readonly x: number; readonly y: number } | null = null
  let moved = false
  const start = ({ touches }: TouchEvent) => {
    scroll.stop()
    moved = false
    const [first, second] = touches
    at = first && !second ? { x: first.clientX, y: first.clientY } : null
    pinch = first && second ? { apart: distance(first, second), size: zoom.begin() } : null
  }
  const move = (event: TouchEvent) => {
    const [first, second] = event.touches
    if (pinch && first && second) {
      event.preventDefault()
      zoom.to(pinch.size * (distance(first, second) / pinch.apart))
    } else if (at && first) {
      if (!moved && Math.abs(first.clientY - at.y) < slopPx) return
      moved = true
      event.preventDefault()
      scroll.by(at.y - first.clientY, first)
      at = { x: first.clientX, y: first.clientY }
    }
  }
  const end = () => {
    if (moved) scroll.glide()
    at = null
    pinch = null
  }
  element.addEventListener('touchstart', start, { passive: true })
  element.addEventListener('touchmove', move, { passive: false })
  element.addEventListener('touchend', end)
  element.addEventListener('touchcancel', end)
  return () => {
    scroll.stop()
    element.removeEventListener('touchstart', start)
    element.removeEventListener('touchmove', move)
    element.removeEventListener('touchend', end)
    element.removeEventListener('touchcancel', end)
  }
}

interface Place {
  readonly clientX: number
  readonly clientY: number
}

/** Scrolls the history, or turns the wheel of a program that asked for the mouse. */
function createScroll(element: HTMLElement, terminal: Terminal) {
  let rest = 0
  let speed = 0
  let frame = 0
  let place: Place = { clientX: 0, clientY: 0 }
  const by = (pixels: number, where: Place) => {
    place = where
    speed = pixels
    const screen = element.querySelector<HTMLElement>('.xterm-screen')
    const cell = screen ? screen.offsetHeight / terminal.rows : 16
    rest += pixels
    const lines = Math.trunc(rest / cell)
    if (lines === 0) return
    rest -= lines * cell
    if (terminal.modes.mouseTrackingMode === 'none') terminal.scrollLines(lines)
    else turnWheel(screen, lines, where)
  }
  const glide = () => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    frame = requestAnimationFrame(() => {
      by(speed * dampingPerFrame, place)
      if (Math.abs(speed) > slowestPx) glide()
    })
  }
  return { by, glide, stop: () => cancelAnimationFrame(frame) }
}

function turnWheel(screen: HTMLElement | null, lines: number, { clientX, clientY }: Place): void {
  const { DOM_DELTA_LINE } = WheelEvent
  for (let turned = 0; turned < Math.abs(lines); turned++) {
    const wheel = { deltaY: Math.sign(lines), deltaMode: DOM_DELTA_LINE, clientX, clientY, bubbles: true }
    screen?.dispatchEvent(new WheelEvent('wheel', { ...wheel, cancelable: true }))
  }
}

function distance(first: Touch, second: Touch): number {
  return Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY)
}
