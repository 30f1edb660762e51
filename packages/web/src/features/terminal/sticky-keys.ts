export type CtrlState = 'off' | 'once' | 'locked'

/** One tap: the next key; two: until tapped again. */
export function nextCtrlState(state: CtrlState): CtrlState {
  return state === 'off' ? 'once' : state === 'once' ? 'locked' : 'off'
}

/** What a key types while Ctrl is held: letters and the signs that have a control code, and arrows. */
export function withCtrl(data: string): string {
  const arrow = /^\x1b[[O]([A-D])$/.exec(data)?.[1]
  if (arrow) return `\x1b[1;5${arrow}`
  if (data.length !== 1) return data
  const code = data.toUpperCase().charCodeAt(0)
  if (data === ' ') return '\x00'
  if (data === '?') return '\x7f'
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : data
}

/** An arrow as the program asked for it. */
export function arrowKey(arrow: 'A' | 'B' | 'C' | 'D', isApplicationMode: boolean): string {
  return `\x1b${isApplicationMode ? 'O' : '['}${arrow}`
}
