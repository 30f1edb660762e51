import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './cutting-proxy.ts'

export interface SshServer {
  /** Where logins land; nothing of it is the home of whoever runs the test. */
  readonly home: string
  /** To be put first in PATH: an `ssh` that knows this server as `host` and nothing else. */
  readonly bin: string
  stop(): Promise<void>
}

/** A real sshd on loopback with keys, configuration and a home of its own. */
export async function startSshServer(): Promise<SshServer> {
  const root = await mkdtemp(join(tmpdir(), 'am-sshd-'))
  const [home, bin] = [join(root, 'home'), join(root, 'bin')]
  await Promise.all([mkdir(home), mkdir(bin)])
  const port = await freePort()
  for (const name of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(root, name)])
  }
  // As root it wants this folder, which the system's service would make.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  await writeFile(join(root, 'sshd_config'), serverConfig(root, home, port))
  await writeFile(join(root, 'ssh_config'), clientConfig(root, port))
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${join(root, 'ssh_config')} "$@"\n`, {
    mode: 0o700,
  })
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(root, 'sshd_config')])
  let said = ''
  server.stderr.on('data', (bytes) => {
    said += String(bytes)
  })
  const deadline = Date.now() + 10_000
  while (!said.includes('Server listening')) {
    if (Date.now() > deadline || server.exitCode !== null) throw new Error(`sshd did not start: ${said}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    home,
    bin,
    async stop() {
      execFileSync('/bin/sh', ['-c', endConsoles], { env: { PATH: '/usr/bin:/bin', HOME: home } })
      if (server.exitCode === null) {
        server.kill()
        await once(server, 'exit')
      }
      await rm(root, { recursive: true, force: true })
    },
  }
}

function serverConfig(root: string, home: string, port: number): string {
  return `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${root}/host
AuthorizedKeysFile ${root}/user.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
SetEnv HOME=${home}
`
}

function clientConfig(root: string, port: number): string {
  return `
Host host
  HostName 127.0.0.1
  Port ${port}
  User ${userInfo().username}
  IdentityFile ${root}/user
  IdentitiesOnly yes
  UserKnownHostsFile ${root}/known_hosts
  StrictHostKeyChecking accept-new
`
}

/** Ends the loop before tmux, so that nothing comes back. */
const endConsoles = `
for d in "$HOME"/.agent-machines/console/*; do
  [ -d "$d" ] || continue
  kill -9 "$(cat "$d/watch")"
  for log in "$d"/*.log; do t=$(readlink "$log") && rm -rf "$(dirname "$t")"; done
  tmux -S "$("$HOME/.agent-machines/bin/am-console" socket "$(basename "$d")")" kill-server
done 2>/dev/null
true
`
