import { access, chmod, cp, mkdir, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from './local-errors.ts'
import type { LocalHost } from './local-host.ts'

export interface InstallerNode {
  /** Folder with `bin/node`, to be shown at the same path; null when it lies in /usr and is there anyway. */
  readonly prefix: string | null
  readonly binFolder: string
}

/**
 * The Node and npm that installers use.
 *
 * As root they run under a uid of their own, which cannot look into a person's home: a Node that was
 * installed there is copied into the data directory once.
 */
export async function nodeForInstallers(host: LocalHost): Promise<InstallerNode> {
  const node = await realpath(host.options.nodeExecutable ?? process.execPath)
  const binFolder = dirname(node)
  if (node.startsWith('/usr/')) return { prefix: null, binFolder }
  const prefix = dirname(binFolder)
  if (!host.asRoot) return { prefix, binFolder }
  const copy = join(host.layout.root, 'node', process.version)
  if (!(await isThere(copy))) await copyNode(prefix, copy, host.options.random())
  return { prefix: copy, binFolder: join(copy, 'bin') }
}

async function copyNode(prefix: string, target: string, id: string): Promise<void> {
  const partial = `${target}.partial-${id}`
  await mkdir(join(partial, 'lib/node_modules'), { recursive: true, mode: 0o755 })
  await chmod(dirname(target), 0o755)
  try {
    for (const part of ['bin/node', 'bin/npm', 'bin/npx', 'lib/node_modules/npm']) {
      const source = join(prefix, part)
      if (!(await isThere(source))) continue
      await cp(source, join(partial, part), { recursive: true, verbatimSymlinks: true })
    }
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    // Another process finished the same copy first.
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'EEXIST') throw error
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
