import type { ITheme } from '@xterm/xterm'

const colours: Readonly<Record<string, keyof ITheme>> = {
  '--glass': 'background',
  '--glass-ink': 'foreground',
  '--term-select': 'selectionBackground',
  '--term-black': 'black',
  '--term-red': 'red',
  '--term-green': 'green',
  '--term-yellow': 'yellow',
  '--term-blue': 'blue',
  '--term-magenta': 'magenta',
  '--term-cyan': 'cyan',
  '--term-white': 'white',
  '--term-bright-black': 'brightBlack',
  '--term-bright-red': 'brightRed',
  '--term-bright-green': 'brightGreen',
  '--term-bright-yellow': 'brightYellow',
  '--term-bright-blue': 'brightBlue',
  '--term-bright-magenta': 'brightMagenta',
  '--term-bright-cyan': 'brightCyan',
  '--term-bright-white': 'brightWhite',
}

/** What a search marks, in the glass's colours. */
export function readMatchColours(element: Element): { readonly match: string; readonly now: string } {
  const [match, now] = readColours(element, ['--term-match', '--term-match-now'])
  return { match: match ?? '', now: now ?? '' }
}

/** The glass as the tokens define it; each colour as `#rrggbb`, the form every renderer reads. */
export function readTheme(element: Element): ITheme {
  const tokens = Object.keys(colours)
  const values = readColours(element, tokens)
  const theme = Object.fromEntries(tokens.map((token, index) => [colours[token], values[index]]))
  return { ...theme, cursor: theme['foreground'], cursorAccent: theme['background'] } as ITheme
}

function readColours(element: Element, tokens: readonly string[]): readonly string[] {
  const style = getComputedStyle(element)
  const canvas = document.createElement('canvas')
  canvas.width = 1
  canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return context ? tokens.map((token) => hexOf(context, style.getPropertyValue(token).trim())) : []
}

function hexOf(context: CanvasRenderingContext2D, colour: string): string {
  context.fillStyle = colour
  context.fillRect(0, 0, 1, 1)
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => (part ?? 0).toString(16).padStart(2, '0')).join('')}`
}
