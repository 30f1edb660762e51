import type { UndeliveredInput } from '@agent-machines/client'

/** Keys that did not reach the program, in the order they were typed. */
export interface UndeliveredKeys {
  readonly reason: UndeliveredInput['reason']
  readonly bytes: Uint8Array
}

/** `kept` with `lost` behind it; what was lost for the same reason stays in one piece. */
export function withUndelivered(
  kept: readonly UndeliveredKeys[],
  lost: UndeliveredInput,
): readonly UndeliveredKeys[] {
  const last = kept.at(-1)
  if (last?.reason !== lost.reason) return [...kept, lost]
  return [...kept.slice(0, -1), { reason: last.reason, bytes: joined(last.bytes, lost.bytes) }]
}

/** Keys as a person reads them: control characters by their signs. */
export function readableKeys(bytes: Uint8Array): string {
  return new TextDecoder()
    .decode(bytes)
    .replaceAll(/\x1b\[[0-9;]*[ABCDHFZ~]|\x1bO[A-D]/g, (sequence) => named[sequence.replace('O', '[')] ?? '⎋')
    .replaceAll(
      /[\x00-\x1f\x7f]/g,
      (sign) => signs[sign] ?? `^${String.fromCharCode(sign.charCodeAt(0) ^ 64)}`,
    )
}

const named: Readonly<Record<string, string>> = {
  '\x1b[A': '↑',
  '\x1b[B': '↓',
  '\x1b[C': '→',
  '\x1b[D': '←',
  '\x1b[Z': '⇧⇥',
}

const signs: Readonly<Record<string, string>> = { '\r': '↵', '\n': '↵', '\t': '⇥', '\x1b': '⎋', '\x7f': '⌫' }

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
