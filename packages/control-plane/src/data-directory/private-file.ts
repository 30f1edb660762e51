import { lstat, open, readFile, rename, rm } from 'node:fs/promises'

/** Replaces the file in one step; only its owner can read it, at every moment. */
export async function writePrivateFile(path: string, text: string, newId: () => string): Promise<void> {
  const draft = `${path}.${newId()}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** Undefined when there is no such file, or others could have read or written it. */
export async function readPrivateFile(path: string, uid: number): Promise<string | undefined> {
  try {
    const found = await lstat(path)
    if (!found.isFile() || found.uid !== uid || (found.mode & 0o077) !== 0) return undefined
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
