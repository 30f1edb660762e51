import { toText } from './bytes.ts'

export type Notice =
  | { readonly kind: 'output'; readonly bytes: Uint8Array }
  | { readonly kind: 'resize'; readonly cols: number; readonly rows: number }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'dead'; readonly dead: boolean }
  | { readonly kind: 'exit' }

type Guard = { readonly kind: 'begin'; readonly guard: string } | { readonly kind: 'unmatched' }

const outputWord = [...'%output %'].map((letter) => letter.charCodeAt(0))
const space = 0x20
const backslash = 0x5c

/** Reads a line that begins with `%`; null when it is of no interest here. */
export function parseNotice(line: Uint8Array): Notice | Guard | null {
  if (outputWord.every((byte, index) => line[index] === byte)) {
    return { kind: 'output', bytes: unescapeOctal(line.subarray(line.indexOf(space, outputWord.length) + 1)) }
  }
  if (line.length > 4096) return null
  const text = toText(line)
  const [word, ...words] = text.split(' ')
  switch (word) {
    case '%begin':
      return { kind: 'begin', guard: words.join(' ') }
    case '%end':
    case '%error':
      return { kind: 'unmatched' }
    case '%exit':
      return { kind: 'exit' }
    case '%layout-change':
      return parseLayout(words[1])
    case '%subscription-changed':
      return parseSubscription(words[0], text)
    default:
      return null
  }
}

function parseLayout(layout: string | undefined): Notice | null {
  const size = /^[0-9a-f]{4},(\d+)x(\d+),/.exec(layout ?? '')
  return size === null ? null : { kind: 'resize', cols: Number(size[1]), rows: Number(size[2]) }
}

function parseSubscription(name: string | undefined, text: string): Notice | null {
  const at = text.indexOf(' : ')
  const value = at === -1 ? '' : text.slice(at + 3)
  if (name === 'am-title') return { kind: 'title', title: value }
  if (name === 'am-dead') return { kind: 'dead', dead: value === '1' }
  return null
}

/** Undoes tmux's `\ooo` for bytes below 0x20 and the backslash. */
export function unescapeOctal(escaped: Uint8Array): Uint8Array {
  let from = escaped.indexOf(backslash)
  if (from === -1) return escaped.slice()
  const bytes = new Uint8Array(unescapedLength(escaped, from))
  bytes.set(escaped.subarray(0, from))
  for (let length = from; length < bytes.length; length++) {
    const byte = escaped[from] ?? 0
    if (isEscape(escaped, from)) {
      bytes[length] =
        (digit(escaped[from + 1]) << 6) | (digit(escaped[from + 2]) << 3) | digit(escaped[from + 3])
      from += 4
    } else {
      bytes[length] = byte
      from += 1
    }
  }
  return bytes
}

function unescapedLength(escaped: Uint8Array, first: number): number {
  let length = escaped.length
  for (let at = first; at !== -1; ) {
    const isOne = isEscape(escaped, at)
    if (isOne) length -= 3
    at = escaped.indexOf(backslash, at + (isOne ? 4 : 1))
  }
  return length
}

function isEscape(escaped: Uint8Array, at: number): boolean {
  return escaped[at] === backslash && at + 3 < escaped.length
}

function digit(byte: number | undefined): number {
  return ((byte ?? 0x30) - 0x30) & 7
}
