import { useSyncExternalStore } from 'react'

/** What a person chose for this browser. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly fontSize: number
  readonly copyOnSelect: boolean
  readonly screenReader: boolean
}

export const fontSizes = [11, 12, 13, 14, 15, 16, 18, 20] as const
const defaults: Settings = { theme: 'system', fontSize: 13, copyOnSelect: false, screenReader: false }
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
  applyTheme(readSettings().theme)
  dispatchEvent(new Event(changed))
}

/** Settings from their stored text; whatever can't be understood falls back to its default. */
export function parseSettings(text: string | null): Settings {
  const stored = parseObject(text)
  const { theme, fontSize, copyOnSelect, screenReader } = stored
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : defaults.theme,
    fontSize: fontSizes.find((each) => each === fontSize) ?? defaults.fontSize,
    copyOnSelect: copyOnSelect === true,
    screenReader: screenReader === true,
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

function applyTheme(theme: Settings['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

function subscribe(onChange: () => void): () => void {
  addEventListener(changed, onChange)
  addEventListener('storage', onChange)
  return () => {
    removeEventListener(changed, onChange)
    removeEventListener('storage', onChange)
  }
}
