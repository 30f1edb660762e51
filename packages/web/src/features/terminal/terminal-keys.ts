/** What the page itself does while a terminal has the keyboard; every other key is the program's. */
export type TerminalCommand =
  | 'search'
  | 'full-window'
  | 'take-over'
  | 'leave'
  | 'copy'
  | 'paste'
  | 'next-waiting'
  | 'compose'
  | 'previous-session'
  | 'next-session'

type Key = Pick<KeyboardEvent, 'code' | 'metaKey' | 'ctrlKey' | 'shiftKey' | 'altKey'>

const commands: Readonly<Record<string, TerminalCommand>> = {
  KeyF: 'search',
  Enter: 'full-window',
  KeyD: 'take-over',
  ArrowUp: 'leave',
  KeyC: 'copy',
  KeyV: 'paste',
  KeyJ: 'next-waiting',
  KeyE: 'compose',
  Semicolon: 'previous-session',
  Quote: 'next-session',
}

/** The command of a key: ⌘ on a Mac, Ctrl+Shift elsewhere; null leaves the key to the program. */
export function commandOfKey(key: Key, isMac: boolean): TerminalCommand | null {
  const held = isMac
    ? key.metaKey && !key.ctrlKey && !key.altKey && !key.shiftKey
    : key.ctrlKey && key.shiftKey && !key.altKey && !key.metaKey
  return held ? (commands[key.code] ?? null) : null
}
