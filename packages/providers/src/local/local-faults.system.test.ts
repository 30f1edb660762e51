import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { MachineProvider } from '@agent-machines/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundledProgram } from './testing/bundled-program.ts'
import { aLocalPlace, type LocalPlace } from './testing/local-fixture.ts'

describe('a local machine whose control plane is killed', () => {
  let place: LocalPlace
  let provider: MachineProvider
  let program: string

  beforeAll(async () => {
    place = await aLocalPlace()
    provider = place.provider()
    program = await bundledProgram(
      new URL('./testing/provision-run.ts', import.meta.url),
      place.dataDirectory,
    )
  })

  afterAll(() => place.remove())

  it.each([0, 4, 8, 12, 18, 25])(
    'in provisioning after %i ms is finished by the next one',
    async (afterMs) => {
      const machineId = `killed-${afterMs}`
      await killedAfter(program, place, machineId, 'provision', afterMs)

      const { ref } = await provider.provision({ machineId, spec: {}, env: {} })
      const said = await provider.exec({ machineId, ref }, { script: 'echo well' })

      expect(Buffer.from(said.stdout).toString()).toBe('well\n')
      expect(await sandboxesOf(place, machineId)).toBe(1)
      await provider.destroy({ machineId, ref })
    },
  )

  it.each([0, 3, 8])('in destroying after %i ms leaves nothing once it is asked again', async (afterMs) => {
    const machineId = `destroyed-${afterMs}`
    await provider.provision({ machineId, spec: {}, env: {} })
    await killedAfter(program, place, machineId, 'destroy', afterMs)

    await provider.destroy({ machineId, ref: machineId })

    expect(await provider.state({ machineId, ref: machineId })).toEqual({ state: 'gone' })
  })

  it('leaves no process, no folder and no uid behind', async () => {
    expect(await readdir(join(place.dataDirectory, 'machines'))).toEqual([])
    expect(await uidClaims(place)).toEqual([])
    expect(await sandboxesOf(place, '')).toBe(0)
  })
})

describe('a local machine whose home was deleted', () => {
  it('is gone, and can still be destroyed', async () => {
    const place = await aLocalPlace()
    const provider = place.provider()
    const machine = { machineId: 'homeless', ref: 'homeless' }
    await provider.provision({ machineId: 'homeless', spec: {}, env: {} })
    await rm(join(place.dataDirectory, 'machines/homeless/home'), { recursive: true })

    expect(await provider.state(machine)).toEqual({ state: 'gone' })
    await expect(provider.wake(machine)).rejects.toMatchObject({ code: 'SUBSTRATE_NOT_FOUND' })
    await provider.destroy(machine)

    expect(await readdir(join(place.dataDirectory, 'machines'))).toEqual([])
    await place.remove()
  })
})

describe('a folder of this computer as workspace', () => {
  it.each(['with', 'without'])(
    'is the work folder of a machine %s a sandbox, and nothing in it changes hands',
    async (way) => {
      const place = await aLocalPlace()
      const provider =
        way === 'with'
          ? place.provider({ allowMount: true })
          : place.withoutSandbox({ allowMount: true, allowUnisolated: true })
      const folder = await mkdtemp(join(tmpdir(), 'am-workspace-'))
      await writeFile(join(folder, 'here'), 'from outside')
      await chmod(folder, 0o777)
      const machine = { machineId: 'worker', ref: 'worker' }

      await provider.provision({ machineId: 'worker', spec: {}, env: {}, hostPath: folder })
      const { stdout } = await provider.exec(machine, { script: 'cat ~/work/here; echo new >~/work/there' })
      const owner = (await stat(join(folder, 'here'))).uid
      await provider.destroy(machine)

      expect(Buffer.from(stdout).toString()).toBe('from outside')
      expect(owner).toBe(process.getuid?.())
      expect(await readdir(folder)).toEqual(['here', 'there'])
      await rm(folder, { recursive: true })
      await place.remove()
    },
  )

  it.each([
    ['is not allowed', false, (data: string) => join(data, '..')],
    ['holds the data directory', true, (data: string) => join(data, '..')],
    ['lies in the data directory', true, (data: string) => join(data, 'inside')],
    ['does not exist', true, (data: string) => join(data, 'nowhere')],
    ['is relative', true, () => 'tmp'],
  ])('is refused when it %s', async (_, allowMount, pathIn) => {
    const place = await aLocalPlace()
    const provider = place.provider({ allowMount })
    await mkdir(join(place.dataDirectory, 'inside'))

    const hostPath = pathIn(place.dataDirectory)
    const asked = provider.provision({ machineId: 'refused', spec: {}, env: {}, hostPath })

    await expect(asked).rejects.toMatchObject({ code: 'WORKSPACE_NOT_ACCESSIBLE' })
    expect(await readdir(join(place.dataDirectory, 'machines'))).toEqual([])
    expect(await uidClaims(place)).toEqual([])
    await place.remove()
  })

  it.runIf(process.getuid?.() === 0)('is refused when the machine could not write it', async () => {
    const place = await aLocalPlace()
    const folder = await mkdtemp(join(tmpdir(), 'am-workspace-'))
    await chown(folder, 0, 0)
    const request = { machineId: 'refused', spec: {}, env: {}, hostPath: folder }

    const asked = place.provider({ allowMount: true }).provision(request)

    await expect(asked).rejects.toMatchObject({ code: 'WORKSPACE_NOT_ACCESSIBLE' })
    await rm(folder, { recursive: true })
    await place.remove()
  })
})

/** Starts the program, lets it begin, kills its whole process group after `afterMs`. */
async function killedAfter(
  program: string,
  place: LocalPlace,
  machineId: string,
  verb: string,
  afterMs: number,
): Promise<void> {
  const options = [program, place.dataDirectory, machineId, verb]
  const child: ChildProcess = spawn(process.execPath, options, {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const exited = once(child, 'exit')
  if (child.stdout === null || child.pid === undefined) throw new Error('the program did not start')
  await once(child.stdout, 'data')
  await delay(afterMs)
  process.kill(-child.pid, 'SIGKILL')
  await exited
}

/** How many sandboxes have a home in this data directory; by the argument list of bubblewrap. */
async function sandboxesOf(place: LocalPlace, machineId: string): Promise<number> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    names.map((name) => readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')),
  )
  const home = `${place.dataDirectory}/machines/${machineId}`
  return lines.filter((line) => /bwrap\0/.test(line) && line.includes(home)).length
}

async function uidClaims(place: LocalPlace): Promise<string[]> {
  return readdir(join(place.dataDirectory, 'uids')).catch(() => [])
}
