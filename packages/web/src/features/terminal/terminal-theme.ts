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

/** The glass as the tokens define it; each colour as `#rrggbb`, the form every renderer reads. */
export function readTheme(element: Element): ITheme {
  const style = getComputedStyle(element)
  const canvas = document.createElement('canvas')
  canvas.width = 1
  canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const theme: Record<string, string> = {}
  for (const [token, name] of Object.entries(colours)) {
    const colour = context && hexOf(context, style.getPropertyValue(token).trim())
    if (colour) theme[name] = colour
  }
  return { ...theme, cursor: theme['foreground'], cursorAccent: theme['background'] } as ITheme
}

function hexOf(context: CanvasRenderingContext2D, colour: string): string {
  context.fillStyle = colour
  context.fillRect(0, 0, 1, 1)
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => (part ?? 0).toString(16).padStart(2, '0')).join('')}`
}
