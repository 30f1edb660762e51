import { toBytes } from './bytes.ts'

/** 64 bits as 16 hex digits (FNV-1a): a short name for a long one, not a protection. */
export function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of toBytes(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}
