import { useSyncExternalStore } from 'react'

/** What a person chose for this browser. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly fontSize: number
  readonly copyOnSelect: boolean
  readonly screenReader: boolean
  /** Show keys before their echo while the machine is far away. */
  readonly predictiveEcho: boolean
  /** The terminal's own colours, whatever the page's are. */
  readonly glass: 'dark' | 'light'
}

export const fontSizes = [11, 12, 13, 14, 15, 16, 18, 20] as const
const defaults: Settings = {
  theme: 'system',
  fontSize: 13,
  copyOnSelect: false,
  screenReader: false,
  predictiveEcho: true,
  glass: 'dark',
}
const storageKey = 'am.settings'
const changed = 'am-settings-changed'

let cached: { text: string | null; settings: Settings } | null = null

export function useSettings(): Settings {
  return useSyncExternalStore(subscribe, readSettings)
}

export function readSettings(): Settings {
  const text = localStorage.getItem(storageKey)
  if (!cached || cached.text !== text) cached = { text, settings: parseSettings(text) }
  return cached.settings
}

export function changeSettings(change: Partial<Settings>): void {
  localStorage.setItem(storageKey, JSON.stringify({ ...readSettings(), ...change }))
  applyColours(readSettings())
  dispatchEvent(new Event(changed))
}

/** Settings from their stored text; whatever can't be understood falls back to its default. */
export function parseSettings(text: string | null): Settings {
  const stored = parseObject(text)
  const { theme, fontSize, copyOnSelect, screenReader, predictiveEcho, glass } = stored
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : defaults.theme,
    fontSize: fontSizes.find((each) => each === fontSize) ?? defaults.fontSize,
    copyOnSelect: copyOnSelect === true,
    screenReader: screenReader === true,
    predictiveEcho: predictiveEcho !== false,
    glass: glass === 'light' ? glass : defaults.glass,
  }
}

function parseObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // Not JSON, so nothing of ours.
    return {}
  }
}

/** The size that is offered nearest to `size`. */
export function nearestFontSize(size: number): number {
  return [...fontSizes].sort((left, right) => Math.abs(left - size) - Math.abs(right - size))[0] ?? size
}

/** The next size up or down; null at the end of the scale. */
export function otherFontSize(size: number, by: 1 | -1): number | null {
  const index = fontSizes.findIndex((each) => each >= size)
  return fontSizes[index + by] ?? null
}

function applyColours({ theme, glass }: Settings): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
  if (glass === 'dark') delete dataset['glass']
  else dataset['glass'] = glass
}

function subscribe(onChange: () => void): () => void {
  addEventListener(changed, onChange)
  addEventListener('storage', onChange)
  return () => {
    removeEventListener(changed, onChange)
    removeEventListener('storage', onChange)
  }
}
