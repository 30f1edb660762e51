import { link, lstat, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AgentMachinesError } from '@agent-machines/core'

export interface SecretKeyOptions {
  /** Value of `AGENT_MACHINES_SECRET_KEY`; wins over the file. */
  readonly fromEnvironment: string | undefined
  readonly path: string
  readonly uid: number
  readonly randomBytes: (size: number) => Buffer
  readonly newId: () => string
  /** False when something is sealed already: a lost key is then missed, not replaced. */
  readonly mayMake?: () => Promise<boolean>
}

const keyBytes = 32

/**
 * The key-encryption key of this installation: 32 bytes, made once and kept in a 0600 file.
 *
 * Rejects with `SECRET_KEY_UNUSABLE` when others could have read or written the file. Two control planes
 * that make it at the same time end up with the same key.
 */
export async function openSecretKey(options: SecretKeyOptions): Promise<Buffer> {
  const { fromEnvironment, path, uid } = options
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    return parseSecretKey(fromEnvironment, 'AGENT_MACHINES_SECRET_KEY')
  }
  const found = (await statOf(path)) ?? (await makeKey(options))
  const mode = found.mode & 0o777
  if (!found.isFile()) throw unusable(`${path} is not a file.`)
  if (found.uid !== uid) throw unusable(`${path} belongs to the user with id ${found.uid}, not ${uid}.`)
  if ((mode & 0o077) !== 0) {
    throw unusable(`${path} is open to other users (mode 0${mode.toString(8)}); it must be 0600.`)
  }
  return parseSecretKey(await readFile(path, 'utf8'), path)
}

/** Throws `SECRET_KEY_UNUSABLE` for anything but base64 of exactly 32 bytes; never shows the value. */
export function parseSecretKey(text: string, source: string): Buffer {
  const trimmed = text.trim()
  const key = Buffer.from(trimmed, 'base64')
  const wellFormed = /^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)
  if (!wellFormed || key.length !== keyBytes) throw unusable(`${source} does not hold 32 bytes in base64.`)
  return key
}

async function makeKey({ path, randomBytes, newId, mayMake }: SecretKeyOptions) {
  if (mayMake !== undefined && !(await mayMake())) {
    throw unusable(`${path} is missing, and the database holds secrets that were sealed with it.`)
  }
  const draft = `${path}.${newId()}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`)
    await file.sync()
    await link(draft, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
  const folder = await open(dirname(path))
  await folder.sync().finally(() => folder.close())
  return await lstat(path)
}

async function statOf(path: string) {
  return await lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw unusable(`${path} cannot be read.`, error)
  })
}

function unusable(message: string, cause?: unknown): AgentMachinesError {
  return new AgentMachinesError('SECRET_KEY_UNUSABLE', message, { cause })
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
