const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const values = new Map([...alphabet].map((letter, value) => [letter, value]))
const decoder = new TextDecoder()
const encoder = new TextEncoder()

export function toText(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

export function toBytes(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let start = 0; start < bytes.length; start += 12_288) {
    parts.push(encodePart(bytes.subarray(start, start + 12_288)))
  }
  return parts.join('')
}

function encodePart(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const triple = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    text += alphabet.charAt(triple >> 18) + alphabet.charAt((triple >> 12) & 63)
    text += at + 1 < bytes.length ? alphabet.charAt((triple >> 6) & 63) : '='
    text += at + 2 < bytes.length ? alphabet.charAt(triple & 63) : '='
  }
  return text
}

/** Reads standard base64; the schema at the edge has refused everything else. */
export function fromBase64(text: string): Uint8Array {
  const letters = text.replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4))
  let buffer = 0
  let bits = 0
  let at = 0
  for (const letter of letters) {
    buffer = ((buffer << 6) | (values.get(letter) ?? 0)) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (buffer >> bits) & 0xff
    }
  }
  return bytes
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function fromHex(text: string): Uint8Array {
  const pairs = text.match(/[0-9a-f]{2}/g) ?? []
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
