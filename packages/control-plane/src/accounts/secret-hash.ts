import { createHash, timingSafeEqual } from 'node:crypto'

/** SHA-256: enough for secrets of 32 random bytes, which nobody can guess from a list. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Takes the same time whether or not they are equal. */
export function sameHash(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
