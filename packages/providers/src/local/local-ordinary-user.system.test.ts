import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundledProgram } from './testing/bundled-program.ts'

const user = `am-test-${process.pid}`

describe.runIf(process.getuid?.() === 0)('a local machine, started by an ordinary user', () => {
  let folder: string
  let program: string
  let uid: number

  beforeAll(async () => {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', user])
    uid = Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }))
    folder = mkdtempSync(join(tmpdir(), 'am-ordinary-'))
    chmodSync(folder, 0o755)
    program = await bundledProgram(new URL('./testing/ordinary-user-run.ts', import.meta.url), folder)
  })

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
    execFileSync('userdel', [user])
  })

  it('is isolated under the uid of that user', () => {
    const report = runAs('isolated')

    expect(report).toMatchObject({ problems: [], isolation: 'namespaces', timedOut: true, state: 'gone' })
    expect(report.said).toContain('CapEff:\t0000000000000000\nNoNewPrivs:\t1')
    expect(report.said).toContain(`uid ${uid}\nown yes\n`)
    expect(report.said).toMatch(/shadow: (Permission denied|No such file)/)
    expect(report.said).not.toContain('wrote')
    expect(report.slept).toBe(report.sleep ? 'slept' : 'CAPABILITY_UNSUPPORTED')
  })

  it('leaves no process and no folder behind', () => {
    expect(processesOf(uid)).toEqual([])
    expect(readdirSync(join(folder, 'data', 'machines'))).toEqual([])
    expect(existsSync(join(folder, 'data', 'machines', 'ordinary'))).toBe(false)
  })

  function runAs(mode: string): {
    said: string
    slept: string
    sleep: boolean
  } & Record<string, unknown> {
    const data = join(folder, 'data')
    mkdirSync(data, { recursive: true, mode: 0o700 })
    chownSync(data, uid, uid)
    const drop = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', process.execPath, program, data, mode]
    const said = execFileSync('setpriv', drop, { encoding: 'utf8', cwd: '/', env: { PATH: '/usr/bin:/bin' } })
    return JSON.parse(said)
  }
})

function processesOf(uid: number): string[] {
  try {
    return execFileSync('pgrep', ['-a', '-u', String(uid), '-r', 'R,S,D,T'], { encoding: 'utf8' })
      .trim()
      .split('\n')
  } catch {
    // pgrep ends with 1 when there is none.
    return []
  }
}
