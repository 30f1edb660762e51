import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { pipInstall } from './pip-install.ts'

const { script } = pipInstall({
  runtime: 'example',
  version: '1.0',
  pythons: ['3.12', '3.11'],
  lock: 'example==1.0 --hash=sha256:00\n',
  verify: { command: 'true', expect: '' },
})

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'am-pip-'))
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'prefix'))
  symlinkSync('/usr/bin/uname', join(folder, 'bin/uname'))
})

afterEach(() => rmSync(folder, { recursive: true }))

it.each([
  ['no Python', {}],
  ['only another version of it', { python3: '3.9' }],
])('says which Python is missing where there is %s', (_, pythons) => {
  expect(install(pythons)).toEqual({
    status: 69,
    stderr: 'Python 3.12 or 3.11 is not installed where runtimes are installed\n',
  })
})

it('says that Python cannot make virtual environments', () => {
  const { status, stderr } = install({ 'python3.11': '3.11', python3: '3.9' })

  expect(status).toBe(69)
  expect(stderr).toContain(
    'bin/python3.11 is not installed where runtimes are installed (package python3-venv)',
  )
})

/** Pythons that tell their version and can do nothing else. */
function install(pythons: Readonly<Record<string, string>>) {
  for (const [name, version] of Object.entries(pythons)) {
    const program = `#!/bin/sh\ncase $2 in *version_info*) echo ${version} ;; *) exit 1 ;; esac\n`
    writeFileSync(join(folder, 'bin', name), program, { mode: 0o755 })
  }
  const { status, stderr } = spawnSync('/bin/sh', ['-c', script], {
    encoding: 'utf8',
    env: { PATH: join(folder, 'bin'), PREFIX: join(folder, 'prefix') },
  })
  return { status, stderr }
}
