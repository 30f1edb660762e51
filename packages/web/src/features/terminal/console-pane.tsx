import '@xterm/xterm/css/xterm.css'
import type { ConsoleConnection } from '@agent-machines/client'
import type { ConsoleSource } from '@agent-machines/console/browser'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useSettings } from '../../settings/settings.ts'
import { createTerminal, loadTerminalFonts, type MountedTerminal } from './create-terminal.ts'
import { commandOfKey, type TerminalCommand } from './terminal-keys.ts'

export interface ConsolePaneProps {
  readonly label: string
  readonly isWatching: boolean
  /** Filled while the terminal stands, for the bars around it. */
  readonly handle: RefObject<MountedTerminal | null>
  readonly connect: (size: { cols: number; rows: number }) => ConsoleConnection
  /** What of the connection is shown, and how. */
  readonly sourceOf: (connection: ConsoleConnection) => ConsoleSource
  readonly onCommand: (command: TerminalCommand) => void
  readonly onCopy: (text: string) => void
}

const smallest = { cols: 20, rows: 5 }
const isMac = /Mac|iP(hone|ad)/.test(navigator.userAgent)

/** An xterm that shows a console; it knows nothing of how keys and bytes travel. */
export function ConsolePane(props: ConsolePaneProps) {
  const host = useRef<HTMLElement>(null)
  const latest = useRef(props)
  latest.current = props
  const { fontSize, screenReader, copyOnSelect } = useSettings()
  const settings = useRef({ fontSize, screenReader, copyOnSelect })
  settings.current = { fontSize, screenReader, copyOnSelect }
  const [mounted, setMounted] = useState<{ pane: MountedTerminal; connection: ConsoleConnection } | null>(
    null,
  )

  useEffect(() => {
    const element = host.current
    if (!element) return
    let dispose = () => {}
    let left = false
    const mount = async () => {
      await loadTerminalFonts(settings.current.fontSize)
      if (left) return
      const pane = createTerminal(element, {
        fontSize: settings.current.fontSize,
        screenReaderMode: settings.current.screenReader,
        onCopy: (text) => latest.current.onCopy(text),
      })
      const connection = latest.current.connect(pane.fit.proposeDimensions() ?? smallest)
      pane.console.connect(latest.current.sourceOf(connection))
      pane.terminal.attachCustomKeyEventHandler((event) => leaveToProgram(event, latest.current.onCommand))
      pane.terminal.onSelectionChange(() => {
        const text = pane.terminal.getSelection()
        if (settings.current.copyOnSelect && text) navigator.clipboard.writeText(text).catch(ignoreRefusal)
      })
      latest.current.handle.current = pane
      connection.start()
      setMounted({ pane, connection })
      pane.terminal.focus()
      dispose = () => {
        latest.current.handle.current = null
        connection.close()
        pane.terminal.dispose()
      }
    }
    mount().catch(reportError)
    return () => {
      left = true
      dispose()
    }
  }, [])

  useEffect(() => {
    if (!mounted) return
    const { terminal } = mounted.pane
    terminal.options.fontSize = fontSize
    terminal.options.screenReaderMode = screenReader
  }, [mounted, fontSize, screenReader])

  useFit(host, mounted, props.isWatching, fontSize)

  return (
    <div className="glass-screen" data-watching={props.isWatching}>
      <section ref={host} aria-label={props.label} className="h-full w-full" />
      {mounted && <ToEnd pane={mounted.pane} />}
    </div>
  )
}

/** The driver's grid follows the window; a viewer sees the driver's, scaled to fit. */
function useFit(
  host: RefObject<HTMLElement | null>,
  mounted: { pane: MountedTerminal; connection: ConsoleConnection } | null,
  isWatching: boolean,
  fontSize: number,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another font size is another grid
  useEffect(() => {
    const element = host.current
    if (!element || !mounted) return
    const { pane, connection } = mounted
    const apply = () => {
      const grid = element.querySelector<HTMLElement>('.xterm')
      if (!grid) return
      const size = pane.fit.proposeDimensions()
      if (size && size.cols > 1)
        connection.resize(Math.max(smallest.cols, size.cols), Math.max(smallest.rows, size.rows))
      const screen = grid.querySelector<HTMLElement>('.xterm-screen')
      const scale = screen
        ? Math.min(1, element.clientWidth / screen.offsetWidth, element.clientHeight / screen.offsetHeight)
        : 1
      grid.style.transform = isWatching && scale < 1 ? `scale(${scale.toFixed(4)})` : ''
    }
    const observer = new ResizeObserver(apply)
    observer.observe(element)
    const resized = pane.terminal.onResize(apply)
    apply()
    return () => {
      observer.disconnect()
      resized.dispose()
    }
  }, [host, mounted, isWatching, fontSize])
}

/** Says how much came in below while the scrollback is read. */
function ToEnd({ pane }: { pane: MountedTerminal }) {
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
    terminal.element?.addEventListener('wheel', look, { passive: true })
    return () => {
      for (const listener of listeners) listener.dispose()
      terminal.element?.removeEventListener('wheel', look)
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

function leaveToProgram(event: KeyboardEvent, onCommand: (command: TerminalCommand) => void): boolean {
  const command = commandOfKey(event, isMac)
  if (!command) return true
  // The browser's own paste event carries the text; the page hears the next-waiting key by itself.
  if (command === 'paste' || command === 'next-waiting') return false
  if (isMac && command === 'copy') return false
  event.preventDefault()
  if (event.type === 'keydown') onCommand(command)
  return false
}

/** The browser keeps the clipboard to itself until the page has the focus. */
function ignoreRefusal(): void {}
