import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'

const require = createRequire(import.meta.url)

/**
 * What the terminal of the page draws, a string per cell: its character and how it looks.
 *
 * Read from the elements the emulator draws with when it has no 3D; the cursor is left out.
 */
export function drawnCells(page: Page): Promise<string[][]> {
  return page.locator('.xterm-rows > div').evaluateAll((rows) =>
    rows.map((row) => {
      const cells: string[] = []
      for (const span of row.querySelectorAll('span')) {
        const look = [...span.classList].filter((name) => !name.startsWith('xterm-cursor')).sort()
        const { color, backgroundColor } = span.style
        for (const character of span.textContent ?? '') {
          cells.push([character, ...look, color, backgroundColor].join(' '))
        }
      }
      while (/^[ \u00a0] *$/.test(cells.at(-1) ?? 'x')) cells.pop()
      return cells
    }),
  )
}

/** A page with nothing but the emulator, fed with `bytes` from the start. */
export async function referencePage(
  context: BrowserContext,
  size: { readonly cols: number; readonly rows: number },
  bytes: Buffer,
): Promise<Page> {
  const page = await context.newPage()
  await page.setContent('<div id="terminal" style="width:2000px;height:1400px"></div>')
  await page.addScriptTag({ path: require.resolve('@xterm/xterm/lib/xterm.js') })
  await page.addScriptTag({ path: require.resolve('@xterm/addon-unicode11/lib/addon-unicode11.js') })
  await page.evaluate(
    ([cols, rows, data]) =>
      new Promise<void>((resolve) => {
        const { Terminal, Unicode11Addon } = window as unknown as Emulator
        const options = { cols, rows, allowProposedApi: true, drawBoldTextInBrightColors: false }
        const terminal = new Terminal(options)
        terminal.loadAddon(new Unicode11Addon.Unicode11Addon())
        terminal.unicode.activeVersion = '11'
        terminal.open(document.querySelector('#terminal'))
        const fed = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
        terminal.write(fed, () => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))
      }),
    [size.cols, size.rows, bytes.toString('base64')] as const,
  )
  return page
}

/** The parts of the emulator's browser build that are used here. */
interface Emulator {
  readonly Terminal: new (
    options: object,
  ) => {
    loadAddon(addon: object): void
    open(element: Element | null): void
    write(bytes: Uint8Array, done: () => void): void
    readonly unicode: { activeVersion: string }
  }
  readonly Unicode11Addon: { readonly Unicode11Addon: new () => object }
}
