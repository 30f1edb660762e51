import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { freePort } from './cutting-proxy.ts'

/** A place for a repository that is there only once it is opened. */
export interface GitServer {
  readonly url: string
  open(): Promise<void>
  close(): Promise<void>
}

/** A repository with one file, `README`, served over plain HTTP on a port that refuses until it is opened. */
export async function prepareGitServer(readme: string): Promise<GitServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'am-e2e-git-'))
  const work = join(folder, 'work')
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' })
  git('init', '--quiet', '--initial-branch=main', work)
  await writeFile(join(work, 'README'), readme)
  git('-C', work, 'add', 'README')
  git('-C', work, '-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost', 'commit', '--quiet', '-m', 'first')
  git('clone', '--quiet', '--bare', work, 'project.git')
  git('-C', 'project.git', 'update-server-info')
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname))
    readFile(join(folder, path)).then(
      (body) => response.end(body),
      () => response.writeHead(404).end(),
    )
  })
  return {
    url: `http://127.0.0.1:${port}/project.git`,
    open: async () => {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    close: async () => {
      server.closeAllConnections()
      if (server.listening) server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
