import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const grounds = ['sunken', 'ground', 'surface', 'raised', 'hover', 'selected']
const onGrounds: readonly [string, number][] = [
  ['ink', 7],
  ['ink-2', 4.5],
  ['ink-3', 4.5],
  ['turn-ink', 4.5],
  ['turn-edge', 3],
  ['bad', 4.5],
  ['good', 4.5],
  ['hold', 4.5],
  ['focus', 3],
]
const pairs: readonly [string, string, number][] = [
  ['on-solid', 'solid', 4.5],
  ['on-turn', 'turn', 4.5],
  ['on-bad', 'bad-solid', 4.5],
  ['glass-ink', 'glass', 7],
  ['glass-ink-2', 'glass', 4.5],
  ['glass-ink-2', 'glass-bar', 4.5],
  ['turn-ink', 'turn-tint', 4.5],
  ['bad', 'bad-tint', 4.5],
  ['line-control', 'ground', 3],
  ['line-control', 'surface', 3],
  ['line-control', 'raised', 3],
]

const ansi = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'black']
/** What can't be seen on its own ground: it is a ground for others. */
const invisible = { dark: 'term-black', light: 'none' }

describe.each(['dark', 'light'] as const)('contrast on the %s glass', (glass) => {
  const colours = ansi.flatMap((name) => [`term-${name}`, `term-bright-${name}`])

  it.each(colours.filter((name) => name !== invisible[glass]))('%s reads, at least 4.5', (token) => {
    expect(contrast(token, 'glass', 'light', glass)).toBeGreaterThanOrEqual(4.5)
  })

  it('the words of the bar read', () => {
    expect(contrast('glass-ink', 'glass', 'light', glass)).toBeGreaterThanOrEqual(7)
    expect(contrast('glass-ink-2', 'glass', 'light', glass)).toBeGreaterThanOrEqual(4.5)
    expect(contrast('glass-ink-2', 'glass-bar', 'light', glass)).toBeGreaterThanOrEqual(4.5)
  })
})

describe.each(['light', 'dark'] as const)('contrast of the tokens, %s', (side) => {
  it.each(onGrounds)('%s reads on every ground it may lie on, at least %d', (token, least) => {
    const worst = Math.min(...grounds.map((ground) => contrast(token, ground, side)))

    expect(worst).toBeGreaterThanOrEqual(least)
  })

  it.each(pairs)('%s reads on %s, at least %d', (token, ground, least) => {
    expect(contrast(token, ground, side)).toBeGreaterThanOrEqual(least)
  })
})

type Side = 'light' | 'dark'

function contrast(token: string, ground: string, side: Side, glass: Side = 'dark'): number {
  const [low = 0, high = 0] = [luminance(token, side, glass), luminance(ground, side, glass)].sort(
    (a, b) => a - b,
  )
  return (high + 0.05) / (low + 0.05)
}

/** Relative luminance by WCAG of a token given in OKLCH. */
function luminance(token: string, side: Side, glass: Side): number {
  const tokens = glass === 'light' ? css.slice(css.indexOf('[data-glass="light"]')) : css
  const declared = new RegExp(`--${token}:\\s*([^;]+);`).exec(tokens)?.[1] ?? ''
  const colours = [...declared.matchAll(/oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)]
  const colour = colours[side === 'dark' && colours.length > 1 ? 1 : 0]
  if (!colour) throw new Error(`There is no colour --${token}.`)
  const [lightness, chroma, hue] = colour.slice(1).map(Number) as [number, number, number]
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
  const green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
  const blue = -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short
  const clamp = (value: number) => Math.min(1, Math.max(0, value))
  return 0.2126 * clamp(red) + 0.7152 * clamp(green) + 0.0722 * clamp(blue)
}
