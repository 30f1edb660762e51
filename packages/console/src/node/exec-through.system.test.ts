import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecEvent } from '@agent-machines/core'
import { afterAll, describe, expect, it } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { execThrough, execThroughShell } from './exec-through.ts'

const folder = mkdtempSync(join(tmpdir(), 'am-through-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ways = {
  'words after a program': execThrough(['env']),
  'one line for a shell': execThroughShell(['sh', '-c']),
  'one line for bash': execThroughShell(['bash', '-c']),
}

for (const [way, exec] of Object.entries(ways)) {
  describe(`a command by ${way}`, () => {
    it('gets its input byte for byte and gives back both outputs and the exit code', async () => {
      const stdin = Uint8Array.from({ length: 700_000 }, (_, index) => (index * 7) % 256)

      const result = await exec.exec({ script: 'cat; echo oops >&2; exit 7', stdin })

      expect(Buffer.compare(result.stdout, stdin)).toBe(0)
      expect([text(result.stderr), result.exitCode, result.timedOut]).toEqual(['oops\n', 7, false])
    })

    it('has its environment and place, and no value of it in any process list', async () => {
      const env = { SECRET: "it's $(a) `secret`\n" }

      const result = await exec.exec({ script: 'printf %s "$SECRET"; pwd; ps -eo args', env, cwd: '/usr' })

      const [shown = '', processes = ''] = text(result.stdout).split('/usr\n')
      expect(shown).toBe(env.SECRET)
      expect(processes).not.toContain('`secret`')
    })

    it('keeps no more output than asked', async () => {
      const result = await exec.exec({ script: 'head -c 3000000 /dev/zero', maxOutputBytes: 1000 })

      expect([result.stdout.length, result.truncated, result.exitCode]).toEqual([1000, true, 0])
    })

    it('is ended with everything it started when its time is over', async () => {
      const { script, isGone } = somethingLong()

      const result = await exec.exec({ script, timeoutMs: 700 })

      expect([result.exitCode, result.timedOut]).toEqual([124, true])
      await eventually(isGone)
    })

    it('is ended when it is aborted', async () => {
      const { script, isGone, hasBegun } = somethingLong()
      const controller = new AbortController()
      const running = exec.exec({ script, signal: controller.signal })
      running.catch(() => undefined)
      await eventually(hasBegun)

      controller.abort()

      await expect(running).rejects.toMatchObject({ code: 'EXEC_ABORTED' })
      await eventually(isGone)
    })

    it('is ended when its reader stops', async () => {
      const { script, isGone } = somethingLong()

      for await (const event of exec.streamExec({ script })) {
        expect(event.kind).toBe('stdout')
        break
      }

      await eventually(isGone)
    })

    it('takes input while it runs and sees its end', async () => {
      const attachment = await exec.attach({ script: 'cat; echo done' })
      const read = collect(attachment.output)

      await attachment.write(Buffer.from('one '))
      await attachment.write(Buffer.from('two '))
      await attachment.end()

      expect(await read).toEqual({ stdout: 'one two done\n', exitCode: 0 })
    })

    it('is ended by closing it, also while nobody reads its flood', async () => {
      const { script, isGone, hasBegun } = somethingLong('yes')
      const attachment = await exec.attach({ script })
      await eventually(hasBegun)

      await attachment.close()

      await eventually(isGone)
    })
  })
}

describe('a way that leads nowhere', () => {
  it('says what the program said', async () => {
    const exec = execThrough(['sh', '-c', 'echo no route to host >&2; exit 255'])

    await expect(exec.exec({ script: 'true' })).rejects.toMatchObject({
      code: 'SUBSTRATE_TRANSIENT',
      message: expect.stringContaining('no route to host'),
    })
  })

  it('says when there is no such program', async () => {
    const running = execThrough(['/nowhere/program']).exec({ script: 'true' })

    await expect(running).rejects.toMatchObject({ code: 'SUBSTRATE_TRANSIENT' })
  })

  it('keeps what the program says before the command out of its output', async () => {
    const exec = execThrough(['sh', '-c', 'echo welcome >&2; exec "$@"', 'sh'])

    expect(text((await exec.exec({ script: 'echo mine >&2' })).stderr)).toBe('mine\n')
  })
})

/** Commands in the background and the foreground, and whether any of them is left. */
function somethingLong(last = 'sleep 1001') {
  const file = join(folder, String(Math.random()))
  const pids = () => readFileSync(file, 'utf8').trim().split(/\s+/)
  const alive = (pid: string) =>
    execFileSync('sh', ['-c', `ps -o stat= -p ${Number(pid)} || true`])
      .toString()
      .trim()
      .replace(/^Z.*/, '')
  return {
    script: `sleep 1000 & echo $! $$ >'${file}'; echo begun; exec ${last}`,
    hasBegun: () => {
      try {
        return pids().length === 2
      } catch (_notYet) {
        return false
      }
    },
    isGone: () => pids().every((pid) => alive(pid) === ''),
  }
}

async function collect(output: AsyncIterable<ExecEvent>) {
  let stdout = ''
  let exitCode = -1
  for await (const event of output) {
    if (event.kind === 'exit') exitCode = event.exitCode
    else stdout += text(event.bytes)
  }
  return { stdout, exitCode }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
