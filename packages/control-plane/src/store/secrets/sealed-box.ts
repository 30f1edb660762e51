import { createCipheriv, createDecipheriv } from 'node:crypto'

/** What a sealed value is for; it opens for nothing else. */
export interface SealAddress {
  readonly workspace: string
  readonly kind: string
  readonly name: string
}

const version = 1
const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM: version byte, iv, tag, ciphertext. */
export function sealBox(key: Buffer, address: SealAddress, plain: Uint8Array, iv: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(associatedDataOf(address))
  const text = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.from([version]), iv, cipher.getAuthTag(), text])
}

/** Throws when the key or the address is another one, or a bit was changed. */
export function openBox(key: Buffer, address: SealAddress, sealed: Buffer): Buffer {
  if (sealed[0] !== version || sealed.length < 1 + ivBytes + tagBytes) {
    throw new Error('the sealed value has an unknown form')
  }
  const iv = sealed.subarray(1, 1 + ivBytes)
  const tag = sealed.subarray(1 + ivBytes, 1 + ivBytes + tagBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  decipher.setAAD(associatedDataOf(address))
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed.subarray(1 + ivBytes + tagBytes)), decipher.final()])
}

/** Unambiguous for any content of the parts. */
function associatedDataOf({ workspace, kind, name }: SealAddress): Buffer {
  return Buffer.from(JSON.stringify([version, workspace, kind, name]))
}
