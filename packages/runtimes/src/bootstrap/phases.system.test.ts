import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RuntimeInstall } from '@agent-machines/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownRuntimeScript, sharedRuntimeScript } from './runtime-phase.ts'
import { systemScript } from './system-phase.ts'
import { workspaceScript } from './workspace-phase.ts'

let root: string
let home: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'am-phases-'))
  home = join(root, 'home')
  mkdirSync(join(home, '.agent-machines/bootstrap'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('finds the system fit', () => {
  expect(run(systemScript)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^tmux is there, \d+ MiB are free/),
  })
})

describe('the workspace', () => {
  it('is an empty folder without a repository, and stays as it is', () => {
    run(workspaceScript(null))
    writeFileSync(join(home, 'work/mine'), 'kept')

    expect(run(workspaceScript(null)).code).toBe(0)
    expect(readFileSync(join(home, 'work/mine'), 'utf8')).toBe('kept')
  })

  it('is a clone at the ref, once', () => {
    const git = aRepository()

    expect(run(workspaceScript({ git, ref: 'other' })).code).toBe(0)
    expect(readFileSync(join(home, 'work/file'), 'utf8')).toBe('other\n')
    writeFileSync(join(home, 'work/file'), 'mine')
    expect(run(workspaceScript({ git, ref: 'other' })).code).toBe(0)
    expect(readFileSync(join(home, 'work/file'), 'utf8')).toBe('mine')
  })

  it('is cloned anew when a clone was cut off, and into an empty folder', () => {
    mkdirSync(join(home, '.agent-machines/bootstrap/clone/.git'), { recursive: true })
    mkdirSync(join(home, 'work'))

    expect(run(workspaceScript({ git: aRepository() })).code).toBe(0)
    expect(readFileSync(join(home, 'work/file'), 'utf8')).toBe('main\n')
  })

  it('takes a commit as ref', () => {
    const git = aRepository()
    const commit = execFileSync('git', ['-C', git, 'rev-parse', 'other'], { encoding: 'utf8' }).trim()

    expect(run(workspaceScript({ git, ref: commit })).code).toBe(0)
    expect(readFileSync(join(home, 'work/file'), 'utf8')).toBe('other\n')
  })

  it.each([
    ['a ref that is not there', 'nowhere', "no branch, tag or commit 'nowhere'"],
    ['a ref that looks like an option', '--detach', "'--detach' is not the name of"],
  ])('refuses %s for good, and leaves no half clone', (_, ref, message) => {
    const { code, output } = run(workspaceScript({ git: aRepository(), ref }))

    expect(code).toBe(78)
    expect(output).toContain(message)
    expect(existsSync(join(home, 'work/.git'))).toBe(false)
  })

  it('refuses to touch a folder with something else in it', () => {
    mkdirSync(join(home, 'work'))
    writeFileSync(join(home, 'work/mine'), 'kept')

    const { code, output } = run(workspaceScript({ git: aRepository() }))

    expect(code).toBe(78)
    expect(output).toContain('not empty')
    expect(readFileSync(join(home, 'work/mine'), 'utf8')).toBe('kept')
  })

  it('can be tried again when the repository cannot be reached', () => {
    expect(run(workspaceScript({ git: join(root, "it's not there") })).code).toBe(1)
  })
})

describe('a runtime that machines share', () => {
  it('is waited for, its log shown meanwhile', async () => {
    const path = join(root, 'runtimes/tool/1.0')
    mkdirSync(join(root, 'runtimes/.log'), { recursive: true })
    const waiting = runInBackground(sharedRuntimeScript(toolInstall, path))
    await delay(300)
    writeFileSync(join(root, 'runtimes/.log/tool-1.0.log'), 'fetching\n')
    await delay(300)
    install(path)

    const { code, output } = await waiting

    expect(code).toBe(0)
    expect(output).toBe('fetching\ntool 1.0\n')
  })

  it('fails with the log of an installer that failed since', async () => {
    mkdirSync(join(root, 'runtimes/.log'), { recursive: true })
    const waiting = runInBackground(sharedRuntimeScript(toolInstall, join(root, 'runtimes/tool/1.0')))
    await delay(300)
    writeFileSync(join(root, 'runtimes/.log/tool-1.0.log'), 'ECONNREFUSED\nam-install: failed no registry\n')

    const { code, output } = await waiting

    expect(code).toBe(1)
    expect(output).toBe('ECONNREFUSED\nam-install: failed no registry\n')
  })

  it('does not fail for what an earlier installer left in the log', async () => {
    mkdirSync(join(root, 'runtimes/.log'), { recursive: true })
    writeFileSync(join(root, 'runtimes/.log/tool-1.0.log'), 'am-install: failed yesterday\n')
    await delay(20)
    const waiting = runInBackground(sharedRuntimeScript(toolInstall, join(root, 'runtimes/tool/1.0')))
    await delay(500)
    install(join(root, 'runtimes/tool/1.0'))

    expect(await waiting).toEqual({ code: 0, output: 'tool 1.0\n' })
  })

  it('of the wrong version is refused', () => {
    const path = join(root, 'runtimes/tool/1.0')
    install(path, '0.9')

    const { code, output } = run(sharedRuntimeScript(toolInstall, path))

    expect(code).toBe(1)
    expect(output).toContain("The version is 'tool 0.9', not 1.0")
  })
})

describe('a runtime of the machine alone', () => {
  it('is installed whole or not at all', () => {
    const path = join(home, '.agent-machines/runtimes/tool/1.0')
    mkdirSync(`${path}.partial`, { recursive: true })
    writeFileSync(`${path}.partial/half`, '')

    expect(run(ownRuntimeScript(toolInstall, path))).toEqual({ code: 0, output: 'tool 1.0\ntool 1.0\n' })
    expect(readdirSync(path)).toEqual(['tool'])
  })

  it('of the wrong version is not kept', () => {
    const path = join(home, '.agent-machines/runtimes/tool/1.0')
    const wrong = { ...toolInstall, script: toolInstall.script.replace('tool 1.0', 'tool 0.9') }

    expect(run(ownRuntimeScript(wrong, path)).code).toBe(1)
    expect(existsSync(path)).toBe(false)
  })
})

const toolInstall: RuntimeInstall = {
  runtime: 'tool',
  version: '1.0',
  script: `printf '#!/bin/sh\\necho tool 1.0\\n' >"$PREFIX/tool"; chmod 755 "$PREFIX/tool"`,
  verify: { command: './tool --version', expect: 'tool 1.0' },
}

/** Puts the tool where it belongs in one step. */
function install(path: string, version = '1.0'): void {
  const partial = join(root, 'partial')
  mkdirSync(partial)
  writeFileSync(join(partial, 'tool'), `#!/bin/sh\necho tool ${version}\n`, { mode: 0o755 })
  mkdirSync(join(path, '..'), { recursive: true })
  renameSync(partial, path)
}

function aRepository(): string {
  const path = join(root, "a 'repository'")
  mkdirSync(path)
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', ...args],
      {
        cwd: path,
        stdio: 'ignore',
      },
    )
  git('init')
  for (const branch of ['main', 'other']) {
    git('checkout', '-B', branch)
    writeFileSync(join(path, 'file'), `${branch}\n`)
    git('add', '.')
    git('commit', '-m', branch)
  }
  git('checkout', 'main')
  return path
}

const environment = () => ({ HOME: home, PATH: '/usr/bin:/bin', GIT_CONFIG_NOSYSTEM: '1' })

function run(script: string): { code: number; output: string } {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { cwd: home, env: environment() })
  return { code: status ?? -1, output: `${stdout}${stderr}` }
}

function runInBackground(script: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', script], { cwd: home, env: environment() })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('close', (code) => resolve({ code: code ?? -1, output }))
  })
}
