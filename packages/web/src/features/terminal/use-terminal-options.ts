import { type RefObject, useEffect } from 'react'
import { useSettings } from '../../settings/settings.ts'
import { fitToFrame, fitToWindow } from './fit-grid.ts'
import type { MountedPane } from './mounted-pane.ts'
import { readTheme } from './terminal-theme.ts'

/** Keeps a terminal as the settings have it, and as large as its window or its driver says. */
export function useTerminalOptions(
  host: RefObject<HTMLElement | null>,
  mounted: MountedPane | null,
  isWatching: boolean,
): void {
  const { fontSize, screenReader, predictiveEcho, glass } = useSettings()
  useEffect(() => {
    if (!mounted) return
    const { terminal } = mounted.pane
    terminal.options.screenReaderMode = screenReader
    // xterm interrupts for every line; output waits until the reader has finished a sentence.
    terminal.element?.querySelector('.live-region')?.setAttribute('aria-live', 'polite')
  }, [mounted, screenReader])
  useEffect(() => {
    if (mounted) mounted.pane.console.prediction = predictiveEcho ? 'auto' : 'off'
  }, [mounted, predictiveEcho])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the page, which follows the setting
  useEffect(() => {
    if (mounted && host.current) mounted.pane.terminal.options.theme = readTheme(host.current)
  }, [mounted, glass, host])
  useEffect(() => {
    const element = host.current
    if (!element || !mounted) return
    const { pane, connection } = mounted
    const apply = () => {
      if (isWatching) fitToFrame(pane, element, fontSize)
      else {
        const { cols, rows } = fitToWindow(pane, fontSize)
        connection.resize(cols, rows)
      }
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
