import { ConsoleAddon } from '@agent-machines/console/browser'
import { ClipboardAddon } from '@xterm/addon-clipboard'
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { WebglAddon } from '@xterm/addon-webgl'
import { Terminal } from '@xterm/xterm'
import { readTheme } from './terminal-theme.ts'

export interface TerminalOptions {
  readonly fontSize: number
  readonly screenReaderMode: boolean
  /** A program wants to copy; resolves when the person has decided. */
  readonly onCopy: (text: string) => void
}

export interface MountedTerminal {
  readonly terminal: Terminal
  readonly fit: FitAddon
  readonly search: SearchAddon
  readonly console: ConsoleAddon
}

const scrollbackLines = 10_000

/** Opens an xterm in `element` with everything it needs; call it once the fonts are there. */
export function createTerminal(element: HTMLElement, options: TerminalOptions): MountedTerminal {
  const terminal = new Terminal({
    allowProposedApi: true,
    cursorBlink: false,
    customGlyphs: true,
    drawBoldTextInBrightColors: false,
    fontFamily: getComputedStyle(element).getPropertyValue('--mono'),
    fontSize: options.fontSize,
    fontWeightBold: 700,
    lineHeight: 1.25,
    linkHandler: { activate: openLink, ...linkHint(element) },
    macOptionIsMeta: true,
    minimumContrastRatio: 1,
    screenReaderMode: options.screenReaderMode,
    scrollback: scrollbackLines,
    theme: readTheme(element),
  })
  const fit = new FitAddon()
  const search = new SearchAddon()
  const consoleAddon = new ConsoleAddon()
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'
  terminal.loadAddon(new WebLinksAddon(openLink, linkHint(element)))
  terminal.loadAddon(
    new ClipboardAddon(undefined, { readText: () => '', writeText: (_, text) => options.onCopy(text) }),
  )
  // The program's own keys and history: nothing is sent for a wheel that nobody asked for.
  terminal.attachCustomWheelEventHandler(
    () => terminal.buffer.active.type === 'normal' || terminal.modes.mouseTrackingMode !== 'none',
  )
  terminal.open(element)
  drawWithGpu(terminal)
  // Last, so that no other addon answers a query of the program.
  terminal.loadAddon(consoleAddon)
  return { terminal, fit, search, console: consoleAddon }
}

/** Loads the faces the grid is measured with; a late font would change the cell. */
export async function loadTerminalFonts(fontSize: number): Promise<void> {
  const faces = ['Commit Mono', 'Terminal Symbols', 'Terminal Symbols A']
  const loads = faces.flatMap((face) => [
    document.fonts.load(`${fontSize}px "${face}"`, '❯⏺✳⎿'),
    ...(face === 'Commit Mono' ? [document.fonts.load(`700 ${fontSize}px "${face}"`)] : []),
  ])
  await Promise.allSettled(loads)
}

/** The GPU renderer where there is one; xterm's own DOM renderer stays where there is none. */
function drawWithGpu(terminal: Terminal): void {
  try {
    const webgl = new WebglAddon()
    webgl.onContextLoss(() => webgl.dispose())
    terminal.loadAddon(webgl)
  } catch {
    // No WebGL 2 in this browser.
  }
}

/** Says which click opens what the pointer is over. */
function linkHint(element: HTMLElement) {
  const words = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘-click opens' : 'Ctrl-click opens'
  return {
    hover: (_: MouseEvent, url: string) => {
      element.title = `${words} ${url}`
    },
    leave: () => element.removeAttribute('title'),
  }
}

function openLink(event: MouseEvent, url: string): void {
  if (!(event.metaKey || event.ctrlKey) || !/^https?:\/\//.test(url)) return
  window.open(url, '_blank', 'noopener,noreferrer')
}
