import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openCodeFiles } from './opencode-settings.ts'

let home: string
let runtimePath: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'am-opencode-'))
  runtimePath = join(home, 'runtime')
  const cli = `#!/bin/sh\n[ "$*" = 'db select 1' ] && echo made >.local/share/opencode/opencode.db\n`
  mkdirSync(join(runtimePath, 'bin'), { recursive: true })
  writeFileSync(join(runtimePath, 'bin/opencode'), cli, { mode: 0o755 })
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

it('begins with the empty database that was installed, and leaves the one that is there', () => {
  writeFileSync(join(runtimePath, 'empty.db'), 'installed', { mode: 0o444 })

  expect(begin()).toBe('installed')
  writeFileSync(join(home, '.local/share/opencode/opencode.db'), 'of before')
  expect(begin()).toBe('of before')
})

it('has the CLI make one where none was installed', () => {
  expect(begin()).toBe('made\n')
})

/** Configures the machine; what its database holds then. */
function begin(): string {
  const { files, script } = openCodeFiles({
    home,
    workDirectory: join(home, 'work'),
    runtimePath,
    upstream: null,
    model: null,
  })
  for (const { path, content } of files) {
    mkdirSync(join(home, path, '..'), { recursive: true })
    writeFileSync(join(home, path), content)
  }
  const { status } = spawnSync('/bin/sh', ['-c', script], { cwd: home, env: { PATH: '/usr/bin:/bin' } })
  expect(status).toBe(0)
  return readFileSync(join(home, '.local/share/opencode/opencode.db'), 'utf8')
}
