import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { AgentMachinesError } from '@agent-machines/core'
import { errnoOf } from './local-errors.ts'
import type { LocalHost } from './local-host.ts'

/** Rejects with `WORKSPACE_NOT_ACCESSIBLE` unless a machine may have and can use the folder. */
export async function checkWorkspace(host: LocalHost, hostPath: string, uid: number | null): Promise<void> {
  if (!host.options.allowMount)
    throw refused('Folders of this computer are not shared with machines; start with --allow-mount.')
  if (!isAbsolute(hostPath)) throw refused('The folder must be an absolute path.')
  const real = await realpath(hostPath).catch((error: unknown) => {
    throw refused(`${hostPath} is not a folder that can be reached (${errnoOf(error) ?? 'no such path'}).`)
  })
  if (!(await stat(real)).isDirectory()) throw refused(`${hostPath} is not a folder.`)
  const data = await realpath(host.layout.root)
  if (holds(real, data) || holds(data, real)) {
    throw refused(`${hostPath} would show the machine the data directory.`)
  }
  if (!(await isUsable(host, real, uid))) {
    throw refused(`The machine's user cannot read and write ${hostPath}.`)
  }
}

/** Whether `inner` is `outer` or lies in it; both are real paths. */
export function holds(outer: string, inner: string): boolean {
  const path = relative(outer, inner)
  return path === '' || !(path === '..' || path.startsWith('../'))
}

async function isUsable(host: LocalHost, path: string, uid: number | null): Promise<boolean> {
  const drop = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const test = ['/bin/sh', '-c', '[ -r "$1" ] && [ -w "$1" ] && [ -x "$1" ]', 'sh', path]
  const [program = '', ...rest] = uid === null ? test : [await host.tool('setpriv'), ...drop, ...test]
  const child = spawn(program, rest, { stdio: 'ignore', env: {}, cwd: '/' })
  const [code] = await once(child, 'exit')
  return code === 0
}

function refused(message: string): AgentMachinesError {
  return new AgentMachinesError('WORKSPACE_NOT_ACCESSIBLE', message)
}
