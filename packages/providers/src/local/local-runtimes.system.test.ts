import { readdir, readFile, stat } from 'node:fs/promises'
import type { MachineProvider, RuntimeInstall, SharedRuntimes } from '@agent-machines/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aLocalPlace, type LocalPlace } from './testing/local-fixture.ts'

describe('runtimes shared by local machines', () => {
  let place: LocalPlace

  beforeAll(async () => {
    place = await aLocalPlace()
  })

  afterAll(() => place.remove())

  it('installs once, also for several that ask at once, and shows it read-only', async () => {
    const [one, other] = [place.provider(), place.provider()]
    const install = anInstall('once', 'echo ran >>"$PREFIX/runs"; sleep 0.2')

    await Promise.all([
      runtimesOf(one).ensure(install, {}),
      runtimesOf(other).ensure(install, {}),
      runtimesOf(one).ensure(install, {}),
    ])

    await one.provision({ machineId: 'user', spec: {}, env: {} })
    const path = runtimesOf(one).pathOf('once', '1.0.0')
    const script = `cat ${path}/runs; ${path}/bin/tool; echo x >>${path}/runs`
    const { stdout, exitCode } = await one.exec({ machineId: 'user', ref: 'user' }, { script })
    expect(Buffer.from(stdout).toString()).toBe('ran\ntool 1.0.0\n')
    expect(exitCode).not.toBe(0)
    await one.destroy({ machineId: 'user', ref: 'user' })
  })

  it('writes a log that machines can follow to its last line', async () => {
    const lines: string[] = []
    const install = anInstall('logged', 'echo fetching; echo unpacking >&2')

    await runtimesOf(place.provider()).ensure(install, { onLog: (line) => lines.push(line) })

    const path = `${place.dataDirectory}/runtimes/.log/logged-1.0.0.log`
    expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toEqual(lines)
    expect(lines).toContain('fetching')
    expect(lines.at(-1)).toBe('am-install: done')
    expect((await stat(path)).mode & 0o777).toBe(0o644)
  })

  it.each([
    ['an installer that fails', anInstall('broken', 'echo no >&2; exit 9')],
    ['a version that is not the wanted one', { ...anInstall('wrong', ':'), version: '2.0.0' }],
  ])('leaves nothing half of %s', async (_, install) => {
    const wanted = { ...install, verify: { ...install.verify, expect: `tool ${install.version}` } }
    const ensured = runtimesOf(place.provider()).ensure(wanted, {})

    await expect(ensured).rejects.toMatchObject({ code: 'RUNTIME_INSTALL_FAILED' })

    expect(await readdir(`${place.dataDirectory}/runtimes/${install.runtime}`)).toEqual([])
    const log = `${place.dataDirectory}/runtimes/.log/${install.runtime}-${install.version}.log`
    expect(await readFile(log, 'utf8')).toMatch(/am-install: failed .*\n$/)
  })

  it('stops an installer that is aborted and lets the next one finish', async () => {
    const controller = new AbortController()
    const install = anInstall('stopped', '[ -e /tmp/never ] || { echo waiting; exec sleep 600; }')
    const ensured = runtimesOf(place.provider()).ensure(install, {
      signal: controller.signal,
      onLog: (line) => {
        if (line === 'waiting') controller.abort()
      },
    })

    await expect(ensured).rejects.toMatchObject({ code: 'EXEC_ABORTED' })
    expect(await readdir(`${place.dataDirectory}/runtimes/stopped`)).toEqual([])
    await runtimesOf(place.provider()).ensure(anInstall('stopped', ':'), {})

    expect(await readdir(`${place.dataDirectory}/runtimes/stopped`)).toEqual(['1.0.0'])
  })

  it('gives installers node, npm, their variables and nothing else to write', async () => {
    const provider = place.provider({ installerEnvironment: { HTTPS_PROXY: 'http://proxy.invalid:1' } })
    const lines: string[] = []
    const look =
      'node --version; npm --version >/dev/null && echo npm; echo "$HTTPS_PROXY"; touch /usr/x ~/ok /opt/x; ls /opt/agent-machines/runtimes; id -u'

    await runtimesOf(provider).ensure(anInstall('curious', look), { onLog: (line) => lines.push(line) })

    expect(lines).toContain(process.version)
    expect(lines).toContain('npm')
    expect(lines).toContain('http://proxy.invalid:1')
    expect(lines).toContain('curious')
    expect(lines.filter((line) => line.includes('touch')).length).toBe(2)
  })

  it('leaves no folder behind in the data directory', async () => {
    expect(await readdir(`${place.dataDirectory}/machines`)).toEqual([])
  })
})

function runtimesOf(provider: MachineProvider): SharedRuntimes {
  if (provider.sharedRuntimes === undefined) throw new Error('local shares runtimes')
  return provider.sharedRuntimes
}

function anInstall(runtime: string, script: string): RuntimeInstall {
  const tool =
    'mkdir -p "$PREFIX/bin"; printf "#!/bin/sh\\necho tool 1.0.0\\n" >"$PREFIX/bin/tool"; chmod 755 "$PREFIX/bin/tool"'
  return {
    runtime,
    version: '1.0.0',
    script: `set -e\n${tool}\nset +e\n${script}`,
    verify: { command: 'bin/tool', expect: 'tool 1.0.0' },
  }
}
