import { access, readdir, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import type { MachineProvider, MachineRef } from '@agent-machines/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from '../conformance/provider-fixture.ts'
import { readRecord } from './machine-record.ts'
import { aLocalPlace, type LocalPlace } from './testing/local-fixture.ts'

const asRoot = process.getuid?.() === 0

/** Each line `name=ok` for what worked and `name=no` for what did not. */
const attempts = `
try() { name=$1; shift; if "$@" >/dev/null 2>&1; then echo "$name=ok"; else echo "$name=no"; fi; }
try remount-usr mount -o remount,rw /usr
try unshare unshare -m true
try make-device mknod /tmp/device b 8 0
try shadow cat /etc/shadow
try data-directory ls "$DATA"
try host-home ls "$HOST_HOME"
try other-home ls "$OTHER_HOME"
try docker-socket test -e /run/docker.sock
try run-folder sh -c 'test -n "$(ls -A /run)"'
try host-process test -e "/proc/$HOST_PID/environ"
try signal-host kill -0 "$HOST_PID"
try core-pattern sh -c 'echo x >/proc/sys/kernel/core_pattern'
try write-usr touch /usr/x
try write-root touch /x
try write-etc touch /etc/x
try write-runtimes touch /opt/agent-machines/runtimes/x
try ssh-keys ls /etc/ssh
try write-home touch ~/x
try write-tmp touch /tmp/x
try write-shm touch /dev/shm/x
try read-usr ls /usr/bin
try read-runtimes ls /opt/agent-machines/runtimes
try own-process test -e "/proc/$$/environ"
try terminal tmux -V
try certificates test -e /etc/ssl/certs
try name-service getent hosts localhost
sed -n 's/^\\(CapEff\\|CapBnd\\|NoNewPrivs\\):[[:space:]]*/\\1=/p' /proc/self/status
read -r inside outside count </proc/self/uid_map; echo "host-uid=$outside"
sed -n 's/^0::/cgroup=/p; s/^[0-9]*:pids:/pids-cgroup=/p' /proc/self/cgroup
`

const refused = [
  'remount-usr',
  'unshare',
  'make-device',
  'shadow',
  'data-directory',
  'host-home',
  'other-home',
  'docker-socket',
  'run-folder',
  'host-process',
  'signal-host',
  'core-pattern',
  'write-usr',
  'write-root',
  'write-etc',
  'write-runtimes',
  'ssh-keys',
]
const allowed = [
  'write-home',
  'write-tmp',
  'write-shm',
  'read-usr',
  'read-runtimes',
  'own-process',
  'terminal',
  'certificates',
  'name-service',
]

describe.runIf(asRoot)('a local machine, started as root', () => {
  let place: LocalPlace
  let provider: MachineProvider
  const machine: MachineRef = { machineId: 'isolated-one', ref: 'isolated-one' }
  const other: MachineRef = { machineId: 'isolated-two', ref: 'isolated-two' }

  beforeAll(async () => {
    place = await aLocalPlace()
    provider = place.provider()
    await Promise.all(
      [machine, other].map(({ machineId }) => provider.provision({ machineId, spec: {}, env: {} })),
    )
  })

  afterAll(async () => {
    await Promise.all([machine, other].map((ref) => provider.destroy(ref)))
    await place.remove()
  })

  const command = () => ({
    script: attempts,
    env: {
      DATA: place.dataDirectory,
      HOST_HOME: homedir(),
      OTHER_HOME: `${place.dataDirectory}/machines/${other.machineId}/home`,
      HOST_PID: String(process.pid),
    },
  })

  const ways: [string, () => Promise<string>][] = [
    ['exec', async () => Buffer.from((await provider.exec(machine, command())).stdout).toString()],
    [
      'attach',
      async () => {
        const attachment = await provider.attach(machine, command())
        return (await collect(attachment.output)).stdout.toString()
      },
    ],
  ]

  it.each(ways)('reaches nothing of this computer through %s', async (_, run) => {
    const lines = (await run()).split('\n')

    for (const name of refused) expect(lines).toContain(`${name}=no`)
    for (const name of allowed) expect(lines).toContain(`${name}=ok`)
    expect(lines).toContain('CapEff=0000000000000000')
    expect(lines).toContain('CapBnd=0000000000000000')
    expect(lines).toContain('NoNewPrivs=1')
    const uid = Number(lines.find((line) => line.startsWith('host-uid='))?.slice('host-uid='.length))
    expect(uid).toBeGreaterThan(20_000)
    expect(lines.some((line) => /^(pids-)?cgroup=.*\/isolated-one$/.test(line))).toBe(true)
  })

  it('could reach all of that from outside', async () => {
    await access('/etc/shadow')
    await access(place.dataDirectory)
    await access(homedir())
    await access(`${place.dataDirectory}/machines/${other.machineId}/home`)
    await access(`/proc/${process.pid}/environ`)
  })

  it('gives each machine a uid and folders only it can reach', async () => {
    const folder = `${place.dataDirectory}/machines/${machine.machineId}`
    const record = readRecord(`${folder}/machine.json`)
    const otherRecord = readRecord(`${place.dataDirectory}/machines/${other.machineId}/machine.json`)
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8)

    expect(record?.uid).not.toBe(otherRecord?.uid)
    expect((await stat(`${folder}/home`)).uid).toBe(record?.uid)
    expect(await modeOf(place.dataDirectory)).toBe('711')
    expect(await modeOf(`${place.dataDirectory}/machines`)).toBe('711')
    expect(await modeOf(folder)).toBe('711')
    expect(await modeOf(`${folder}/home`)).toBe('700')
    expect(await modeOf(`${folder}/machine.json`)).toBe('600')
    expect(await modeOf(`${place.dataDirectory}/runtimes`)).toBe('755')
  })

  it('shows the machine its own processes only', async () => {
    const { stdout } = await provider.exec(machine, { script: 'ls -d /proc/[0-9]* | wc -l' })

    expect(Number(Buffer.from(stdout).toString())).toBeLessThan(8)
  })

  it('gives no process CPU time while asleep, and the same pid goes on', async () => {
    const counter =
      'n=0; while :; do n=$((n + 1)); echo $n >>counter; sleep 0.01; done >/dev/null 2>&1 </dev/null & echo $!'
    const started = await provider.exec(machine, { script: counter })
    const pid = Buffer.from(started.stdout).toString().trim()
    const read = `kill -0 ${pid} && wc -l <counter`

    await provider.sleep(machine)
    const before = await cpuTicks(place, machine.machineId)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const after = await cpuTicks(place, machine.machineId)
    expect(await provider.wake(machine)).toEqual({ processesSurvived: true })

    expect(before.size).toBeGreaterThan(0)
    expect([...after]).toEqual([...before])
    const first = Buffer.from((await provider.exec(machine, { script: `${read}; sleep 0.2` })).stdout)
    const second = Buffer.from((await provider.exec(machine, { script: read })).stdout)
    expect(Number(second.toString())).toBeGreaterThan(Number(first.toString()))
    await provider.exec(machine, { script: `kill -9 ${pid}` })
  })

  it('never enters another process that has the recorded pid', async () => {
    const path = `${place.dataDirectory}/machines/${other.machineId}/machine.json`
    const { writeRecord } = await import('./machine-record.ts')
    const record = readRecord(path)
    const mine = readRecord(`${place.dataDirectory}/machines/${machine.machineId}/machine.json`)
    if (record?.sandbox === null || record === undefined || !mine?.sandbox) throw new Error('not provisioned')

    await writeRecord(path, { ...record, sandbox: { ...record.sandbox, initPid: mine.sandbox.initPid } })
    expect(await provider.state(other)).toMatchObject({ state: 'lost' })
    await expect(provider.exec(other, { script: 'true' })).rejects.toMatchObject({ code: 'MACHINE_ASLEEP' })
    await writeRecord(path, { ...record, sandbox: mine.sandbox })
    await expect(provider.exec(other, { script: 'touch ~/wrong' })).rejects.toBeDefined()

    await writeRecord(path, record)
    expect((await provider.exec(other, { script: 'test ! -e ~/wrong' })).exitCode).toBe(0)
    expect((await provider.exec(machine, { script: 'test ! -e ~/wrong' })).exitCode).toBe(0)
  })

  it('is lost when its sandbox is killed, and a wake rebuilds it around its files', async () => {
    await provider.exec(machine, { script: 'echo kept >mark; echo gone >/tmp/mark' })
    const record = readRecord(`${place.dataDirectory}/machines/${machine.machineId}/machine.json`)
    process.kill(record?.sandbox?.initPid ?? 0, 'SIGKILL')
    await expect.poll(async () => (await provider.state(machine)).state).toBe('lost')

    await expect(provider.exec(machine, { script: 'true' })).rejects.toMatchObject({ code: 'MACHINE_ASLEEP' })
    expect(await provider.wake(machine)).toEqual({ processesSurvived: false })

    const { stdout } = await provider.exec(machine, { script: 'cat mark; ls /tmp' })
    expect(Buffer.from(stdout).toString()).toBe('kept\n')
  })
})

/** Clock ticks that each process of the machine has used, by pid on this computer. */
async function cpuTicks(place: LocalPlace, machineId: string): Promise<Map<number, string>> {
  const record = readRecord(`${place.dataDirectory}/machines/${machineId}/machine.json`)
  const ticks = new Map<number, string>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
    if (!new RegExp(`^Uid:\\s+${record?.uid}\\s`, 'm').test(status)) continue
    const text = await readFile(`/proc/${name}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    ticks.set(Number(name), `${fields[11]}+${fields[12]}`)
  }
  return ticks
}
