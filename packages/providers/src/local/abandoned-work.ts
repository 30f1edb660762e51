import { access, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ifPresent } from './local-errors.ts'
import { endStrays } from './stray-processes.ts'

/** Name, below `machines/`, of a folder that this process needs for a moment. */
export function ownFolderName(kind: 'trial' | 'throwaway', id: string): string {
  return `.${kind}-${process.pid}-${id}`
}

/** Removes such folders of processes that were killed, with the sandboxes that still live in them. */
export async function removeAbandonedWork(machines: string): Promise<void> {
  for (const name of await readdir(machines)) {
    const pid = /^\.(?:trial|throwaway)-(\d+)-/.exec(name)?.[1]
    if (pid === undefined || (await ifPresent(access(`/proc/${pid}`).then(() => true)))) continue
    const folder = join(machines, name)
    await endStrays({ uid: null, isolation: 'namespaces' }, join(folder, 'home'))
    await rm(folder, { recursive: true, force: true })
  }
}
