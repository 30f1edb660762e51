const bracketEnd = [0x1b, 0x5b, 0x32, 0x30, 0x31, 0x7e]

/** Line ends become CR, as a terminal sends them, and nothing can end the brackets early. */
export function normalizePaste(bytes: Uint8Array): Uint8Array {
  const kept: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x0a) {
      if (bytes[at - 1] !== 0x0d) kept.push(0x0d)
    } else kept.push(byte)
    // Looked for in what is kept, so that taking one out cannot put another together.
    if (byte === 0x7e && bracketEnd.every((wanted, index) => kept[kept.length - 6 + index] === wanted)) {
      kept.length -= bracketEnd.length
    }
  }
  return Uint8Array.from(kept)
}
