import '@xterm/xterm/css/xterm.css'
import type { ConsoleConnection } from '@agent-machines/client'
import type { ConsoleSource } from '@agent-machines/console/browser'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { changeSettings, nearestFontSize, readSettings } from '../../settings/settings.ts'
import { createTerminal, loadTerminalFonts } from './create-terminal.ts'
import { useFilesIn } from './files-in.ts'
import { fitToWindow } from './fit-grid.ts'
import { followTouch } from './follow-touch.ts'
import { followHistory } from './lazy-history.ts'
import type { MountedPane } from './mounted-pane.ts'
import { commandOfKey, type TerminalCommand } from './terminal-keys.ts'
import { ToEnd } from './to-end.tsx'
import { useTerminalOptions } from './use-terminal-options.ts'

export interface ConsolePaneProps {
  readonly label: string
  readonly isWatching: boolean
  /** Filled while the terminal stands, for the bars around it. */
  readonly handle: RefObject<MountedPane | null>
  readonly connect: (size: { cols: number; rows: number }) => ConsoleConnection
  /** What of the connection is shown, and how. */
  readonly sourceOf: (connection: ConsoleConnection) => ConsoleSource
  readonly onCommand: (command: TerminalCommand) => void
  readonly onCopy: (text: string) => void
  readonly onFiles: (files: Iterable<File>) => void
}

const isMac = /Mac|iP(hone|ad)/.test(navigator.userAgent)

/** An xterm that shows a console; it knows nothing of how keys and bytes travel. */
export function ConsolePane(props: ConsolePaneProps) {
  const host = useRef<HTMLElement>(null)
  const [frame, setFrame] = useState<HTMLElement | null>(null)
  const mounted = useMountedPane(host, props)
  useTerminalOptions(host, mounted, props.isWatching)
  const isOver = useFilesIn(frame, props.onFiles)
  return (
    <div ref={setFrame} className="glass-screen" data-watching={props.isWatching}>
      <section ref={host} aria-label={props.label} className="glass-host" />
      {mounted && <ToEnd pane={mounted.pane} />}
      {isOver && <p className="drop-here">Drop to put it on the machine; its path is pasted.</p>}
    </div>
  )
}

function useMountedPane(host: RefObject<HTMLElement | null>, props: ConsolePaneProps): MountedPane | null {
  const latest = useRef(props)
  latest.current = props
  const [mounted, setMounted] = useState<MountedPane | null>(null)
  useEffect(() => {
    const element = host.current
    if (!element) return
    let dispose = () => {}
    let left = false
    const mount = async () => {
      await loadTerminalFonts(readSettings().fontSize)
      if (left) return
      const made = mountPane(element, latest)
      latest.current.handle.current = made.mounted
      setMounted(made.mounted)
      dispose = () => {
        latest.current.handle.current = null
        made.dispose()
      }
    }
    mount().catch(reportError)
    return () => {
      left = true
      dispose()
    }
  }, [host])
  return mounted
}

function mountPane(element: HTMLElement, latest: RefObject<ConsolePaneProps>) {
  const { fontSize, screenReader } = readSettings()
  const pane = createTerminal(element, {
    fontSize,
    screenReaderMode: screenReader,
    onCopy: (text) => latest.current.onCopy(text),
  })
  const connection = latest.current.connect(fitToWindow(pane, fontSize))
  const history = followHistory(pane, connection)
  const endTouch = followTouch(element, pane.terminal, {
    begin: () => readSettings().fontSize,
    to: (size) => changeSettings({ fontSize: nearestFontSize(size) }),
  })
  pane.console.connect(latest.current.sourceOf(connection))
  pane.terminal.attachCustomKeyEventHandler((event) => leaveToProgram(event, latest.current.onCommand))
  pane.terminal.onSelectionChange(() => {
    const text = pane.terminal.getSelection()
    if (readSettings().copyOnSelect && text) navigator.clipboard.writeText(text).catch(ignoreRefusal)
  })
  connection.start()
  pane.terminal.focus()
  const dispose = () => {
    endTouch()
    history.dispose()
    connection.close()
    pane.terminal.dispose()
  }
  return { mounted: { pane, connection, history }, dispose }
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
