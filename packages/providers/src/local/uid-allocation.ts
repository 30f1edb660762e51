import { createHash } from 'node:crypto'
import { link, mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AgentMachinesError } from '@agent-machines/core'
import { errnoOf, ifPresent } from './local-errors.ts'

/** Throwaway sandboxes (probe, installers) run as this one; machines never do. */
export const throwawayUid = 20_000
export const firstUid = throwawayUid + 1
export const uidCount = 39_999

/** The uids to try for a machine, in order; the same for every process that asks. */
export function* uidCandidates(seed: string): Generator<number> {
  const start = createHash('sha256').update(seed).digest().readUInt32BE(0)
  for (let step = 0; step < uidCount; step++) yield firstUid + ((start + step) % uidCount)
}

/**
 * Claims a uid that no other machine of this data directory has; asking again answers the same one.
 *
 * The claim is a file named after the uid holding the machine's id, linked into place so that it is never
 * seen empty.
 */
export async function claimUid(uids: string, machineId: string, taken: ReadonlySet<number>): Promise<number> {
  await mkdir(uids, { recursive: true, mode: 0o700 })
  const temporary = join(uids, `.claim-${machineId}`)
  try {
    await writeFile(temporary, machineId, { mode: 0o600 })
    for (const uid of uidCandidates(`${uids}\0${machineId}`)) {
      if (!taken.has(uid) && (await claims(temporary, join(uids, String(uid)), machineId))) return uid
    }
  } finally {
    await ifPresent(unlink(temporary))
  }
  throw new AgentMachinesError('SUBSTRATE_QUOTA', 'Every user id for local machines is in use.')
}

/** The uid that the machine has, known also when nothing else of it is left. */
export async function claimedUid(uids: string, machineId: string): Promise<number | null> {
  const names = (await claimsOf(uids, machineId)).filter((name) => /^\d+$/.test(name))
  return names[0] === undefined ? null : Number(names[0])
}

/** Gives back every uid that the machine claimed, also by an attempt that was cut off. */
export async function releaseUids(uids: string, machineId: string): Promise<void> {
  for (const name of await claimsOf(uids, machineId)) await ifPresent(unlink(join(uids, name)))
}

async function claimsOf(uids: string, machineId: string): Promise<string[]> {
  const names = (await ifPresent(readdir(uids))) ?? []
  const holders = await Promise.all(names.map((name) => ifPresent(readFile(join(uids, name), 'utf8'))))
  return names.filter((_, index) => holders[index] === machineId)
}

/** The uids that this computer's own accounts use. */
export function uidsOfPasswd(passwd: string): ReadonlySet<number> {
  return new Set(passwd.split('\n').map((line) => Number(line.split(':')[2])))
}

async function claims(temporary: string, path: string, machineId: string): Promise<boolean> {
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  return (await ifPresent(readFile(path, 'utf8'))) === machineId
}
