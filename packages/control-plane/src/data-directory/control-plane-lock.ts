import { createHash } from 'node:crypto'
import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AgentMachinesError } from '@agent-machines/core'
import { z } from 'zod'
import type { Clock } from '../store/clock.ts'
import { dataDirectoryUnusable, reasonOf } from './data-directory-unusable.ts'
import { processIdentityOf } from './process-identity.ts'

const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** Boot and start time of the process, so that a reused pid is not taken for the holder. */
  process: z.string(),
  since: z.string(),
  /** Where it can be reached, once it listens. */
  address: z.string().nullable(),
})
export type LockHolder = z.infer<typeof holderSchema>

/** The right to use the embedded database of one data directory. */
export interface ControlPlaneLock {
  /** Tells those who are turned away where this control plane can be reached. */
  setAddress(address: string): Promise<void>
  release(): Promise<void>
}

/** Much longer than taking a file away lasts. */
const removalMs = 1000

export interface LockOptions {
  readonly pid: number
  readonly clock: Clock
  readonly newId: () => string
}

/**
 * Takes the lock at `path`, or rejects with `DATA_DIRECTORY_LOCKED` saying who holds it.
 *
 * A holder that no longer lives has lost it, however it ended.
 */
export async function lockDataDirectory(path: string, options: LockOptions): Promise<ControlPlaneLock> {
  const { pid, clock, newId } = options
  const identity = await processIdentityOf(pid)
  if (identity === undefined) throw new Error(`no process has pid ${pid}`)
  const mine = { pid, process: identity, since: clock().toISOString(), address: null }
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (await create(path, mine, newId())) {
      await removeOldDrafts(dirname(path), clock())
      return heldLock(path, mine, newId)
    }
    const found = await readFile(path, 'utf8').catch(goneIsUndefined)
    if (found === undefined) continue
    const holder = await livingHolderIn(found)
    if (holder !== undefined) throw locked(path, holder)
    await removeStale(path, found)
  }
  throw new AgentMachinesError('DATA_DIRECTORY_LOCKED', `Others keep taking ${path}.`)
}

/** Who holds the lock at `path` now; undefined when nobody does. */
export async function livingHolderOf(path: string): Promise<LockHolder | undefined> {
  const found = await readFile(path, 'utf8').catch(goneIsUndefined)
  return found === undefined ? undefined : livingHolderIn(found)
}

async function livingHolderIn(text: string): Promise<LockHolder | undefined> {
  const holder = parseHolder(text)
  if (holder === undefined) return undefined
  return (await processIdentityOf(holder.pid)) === holder.process ? holder : undefined
}

function heldLock(path: string, mine: LockHolder, newId: () => string): ControlPlaneLock {
  return {
    async setAddress(address) {
      const draft = `${path}.${newId()}`
      await writeFile(draft, JSON.stringify({ ...mine, address }), { mode: 0o600 })
      await rename(draft, path)
    },
    release: () => rm(path, { force: true }),
  }
}

/** True when the lock did not exist and is ours now: a link never replaces a file. */
async function create(path: string, holder: LockHolder, id: string): Promise<boolean> {
  const draft = `${path}.${id}`
  try {
    await writeFile(draft, JSON.stringify(holder), { mode: 0o600, flag: 'wx' })
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw dataDirectoryUnusable(path, reasonOf(error), error)
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * Takes a dead holder's file away. Only who makes the file named after its text may: the text of a holder comes once,
 * so as long as the lock reads the same it is that holder's, and nobody else takes it away or puts another in its place.
 */
async function removeStale(path: string, stale: string): Promise<void> {
  const right = `${path}.${createHash('sha256').update(stale).digest('hex').slice(0, 32)}`
  const isMine = await writeFile(right, '', { mode: 0o600, flag: 'wx' }).then(() => true, existsIsFalse)
  if (isMine) {
    if ((await readFile(path, 'utf8').catch(goneIsUndefined)) === stale) await rm(path, { force: true })
    return rm(right, { force: true })
  }
  await delay(removalMs / 10)
  const since = (await stat(right).catch(goneIsUndefined))?.mtimeMs ?? Number.POSITIVE_INFINITY
  // Whoever made it was killed meanwhile.
  if (Date.now() - since > removalMs) await rm(right, { force: true })
}

/** Files that a killed process was about to put in place; a minute is ample for one that still lives. */
async function removeOldDrafts(folder: string, now: Date): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^(control-plane\.lock|secret\.key|local-api-key)\../.test(name)) continue
    const found = await stat(join(folder, name)).catch(goneIsUndefined)
    if (found !== undefined && now.getTime() - found.mtimeMs > 60_000)
      await rm(join(folder, name), { force: true })
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function locked(path: string, holder: LockHolder): AgentMachinesError {
  const where = holder.address === null ? '' : ` at ${holder.address}`
  return new AgentMachinesError(
    'DATA_DIRECTORY_LOCKED',
    `A control plane${where} (process ${holder.pid}, since ${holder.since}) uses this data directory.`,
    { details: { path, pid: holder.pid, since: holder.since, address: holder.address } },
  )
}

function goneIsUndefined(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

function existsIsFalse(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
  throw error
}
