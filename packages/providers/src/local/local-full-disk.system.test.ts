import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MachineProvider } from '@agent-machines/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localProviderIn } from './testing/local-fixture.ts'

describe.runIf(process.getuid?.() === 0)('local machines on a full disk', () => {
  let data: string
  let provider: MachineProvider

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'am-full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', data])
    chmodSync(data, 0o711)
    provider = localProviderIn(data)
  })

  afterEach(() => {
    execFileSync('umount', ['--lazy', data])
    rmdirSync(data)
  })

  it.each([0, 1, 2, 3, 4])(
    'with %i pages left are made or refused, and leave nothing half',
    async (pages) => {
      await provider.probe()
      const request = { machineId: 'late', spec: {}, env: {} }
      const machine = { machineId: 'late', ref: 'late' }
      const filler = fill()
      truncateSync(filler, statSync(filler).size - pages * 4096)

      const error = await provider.provision(request).then(
        () => null,
        (reason: Error) => reason,
      )
      if (pages === 0) expect(error).not.toBeNull()
      if (error !== null) {
        expect(error).toMatchObject({ code: 'SUBSTRATE_QUOTA', message: expect.stringContaining('ENOSPC') })
        expect(readdirSync(join(data, 'machines'))).toEqual([])
        expect(claims()).toEqual([])
      }
      rmSync(filler)

      await provider.provision(request)
      const { stdout } = await provider.exec(machine, { script: 'echo there' })
      expect(Buffer.from(stdout).toString()).toBe('there\n')
      await provider.destroy(machine)
      expect(readdirSync(join(data, 'machines'))).toEqual([])
      expect(claims()).toEqual([])
    },
  )

  it('can be entered, told from each other and removed', async () => {
    const machine = { machineId: 'full', ref: 'full' }
    await provider.provision({ machineId: 'full', spec: {}, env: {} })
    fill()

    const { exitCode, stderr } = await provider.exec(machine, { script: 'head -c 100000 /dev/zero >file' })
    expect(exitCode).not.toBe(0)
    expect(Buffer.from(stderr).toString()).toMatch(/No space left/)
    await expect(provider.writeFile(machine, 'file', new Uint8Array(100_000))).rejects.toMatchObject({
      code: 'SUBSTRATE_QUOTA',
      message: expect.stringContaining('No room'),
    })
    expect(await provider.state(machine)).toMatchObject({ state: 'running' })
    await provider.destroy(machine)

    expect(await provider.state(machine)).toEqual({ state: 'gone' })
    expect(readdirSync(join(data, 'machines'))).toEqual([])
  })

  it('get no runtime that is half there', async () => {
    const install = {
      runtime: 'large',
      version: '1.0.0',
      script: 'head -c 50000000 /dev/zero >"$PREFIX/large"',
      verify: { command: 'true', expect: '' },
    }

    await expect(provider.sharedRuntimes?.ensure(install, {})).rejects.toMatchObject({
      code: 'RUNTIME_INSTALL_FAILED',
      message: expect.stringContaining('the disk is full'),
    })

    expect(readdirSync(join(data, 'runtimes', 'large'))).toEqual([])
    expect(readdirSync(join(data, 'machines'))).toEqual([])
  })

  /** Until not a byte more fits; gives the file that does it. */
  function fill(): string {
    const path = join(data, 'filler')
    const file = openSync(path, 'w')
    for (let size = 65_536; size >= 1; ) {
      try {
        if (writeSync(file, Buffer.alloc(size)) < size) size /= 2
      } catch {
        // No room for so many bytes.
        size = Math.floor(size / 2)
      }
    }
    closeSync(file)
    return path
  }

  function claims(): string[] {
    const folder = join(data, 'uids')
    return existsSync(folder) ? readdirSync(folder) : []
  }
})
