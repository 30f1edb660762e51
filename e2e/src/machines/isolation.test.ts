import { access, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import type { Machine } from '@agent-machines/core'
import { spawn } from '@lydell/node-pty'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  am,
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine, execOn, outputOf } from '../testing/machines.ts'
import { typeLine } from '../testing/type-line.ts'
import { isolationProbe, positiveControls, refusedAttempts } from './isolation-probe.ts'

const otherMark = '8675309'
const asRoot = process.getuid?.() === 0
/** Stands for the socket of a container engine, which not every computer has. */
const socketPath = `${asRoot ? '/run' : tmpdir()}/am-e2e-${process.pid}.sock`

let plane: ControlPlaneProcess
let machine: Machine
let other: Machine
let socket: Server

beforeAll(async () => {
  socket = createServer().listen(socketPath)
  plane = await startControlPlane()
  ;[machine, other] = await Promise.all([deployMachine(plane), deployMachine(plane)])
  await outputOf(plane, other.id, `sleep ${otherMark} >/dev/null 2>&1 &`)
  const variables = {
    DATA: plane.data,
    HOST_HOME: homedir(),
    SELF: machine.id,
    OTHER: other.id,
    // The brackets keep it from finding itself.
    OTHER_PATTERN: `${otherMark.slice(0, -1)}[${otherMark.at(-1)}]`,
    PLANE_PID: String(plane.pid),
  }
  const assignments = Object.entries(variables).map(([name, value]) => `${name}='${value}'`)
  const stdin = `${assignments.join('\n')}\n${isolationProbe}`
  await plane.client.machines.exec(machine.id, { command: 'cat >~/probe', stdin })
})

afterAll(async () => {
  socket.close()
  await rm(socketPath, { force: true })
  await removeControlPlane(plane)
})

const ways: [string, () => Promise<string>][] = [
  ['exec', async () => (await execOn(plane, machine.id, 'sh ~/probe')).stdout],
  [
    'the console',
    async () => {
      await typeLine(plane, machine.id, 'sh ~/probe >~/said 2>&1')
      return untilSaid()
    },
  ],
  ['am attach', () => throughAttach('sh ~/probe >~/said 2>&1')],
]

it.each(ways)('lets nothing of this computer be reached through %s', async (_, run) => {
  const lines = (await run()).split('\n')

  const said = (names: readonly string[]) => lines.filter((line) => names.includes(line.split('=')[0] ?? ''))
  expect(said(refusedAttempts)).toEqual(refusedAttempts.map((name) => `${name}=no`))
  expect(said(positiveControls)).toEqual(positiveControls.map((name) => `${name}=ok`))
  for (const set of ['CapEff', 'CapPrm', 'CapBnd']) expect(lines).toContain(`${set}=0000000000000000`)
  expect(lines).toContain('NoNewPrivs=1')
  const uid = Number(lines.find((line) => line.startsWith('host-uid='))?.slice('host-uid='.length))
  expect(uid).toBeGreaterThan(0)
  if (asRoot) expect(uid).toBeGreaterThan(20_000)
  const cgroups = Number(lines.find((line) => line.startsWith('cgroup='))?.slice('cgroup='.length))
  if (machine.capabilities.limits.pids) expect(cgroups).toBeGreaterThan(0)
})

it('could reach all of it from outside', async () => {
  const paths = [
    '/etc/shadow',
    plane.data,
    `${plane.data}/secret.key`,
    `${plane.data}/local-api-key`,
    `${plane.data}/machines/${other.id}/home`,
    homedir(),
    `/proc/${plane.pid}/environ`,
    socketPath,
  ]

  for (const path of paths) if (asRoot || path !== '/etc/shadow') await access(path)
})

it('keeps a machine to its own processes and its own environment', async () => {
  const names = (await outputOf(plane, machine.id, 'tr "\\0" "\\n" </proc/1/environ; env')).split('\n')
  const processes = await outputOf(plane, machine.id, 'cat /proc/[0-9]*/cmdline | tr "\\0" " "')

  const planeEnvironment = (await readFile(`/proc/${plane.pid}/environ`, 'utf8')).split('\0')
  const allowed = /^(HOME|USER|LOGNAME|SHELL|LANG|TERM|PATH|PWD|OLDPWD|SHLVL|_)=/
  expect(names.filter((line) => planeEnvironment.includes(line) && !allowed.test(line) && line)).toEqual([])
  expect(processes).not.toContain(otherMark)
  expect(processes).not.toContain('postgres')
})

async function throughAttach(line: string): Promise<string> {
  const terminal = spawn(process.execPath, [am, 'attach', machine.id], {
    cols: 100,
    rows: 30,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: homedir(),
      TERM: 'xterm-256color',
      AGENT_MACHINES_URL: plane.url,
      AGENT_MACHINES_API_KEY: plane.apiKey,
    },
  })
  let screen = ''
  terminal.onData((text) => {
    screen += text
  })
  const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)))
  await eventually('a prompt', async () => /[$#] ?/.test(screen.split('Ctrl-] detaches.')[1] ?? ''))
  terminal.write(`${line}\r`)
  const said = await untilSaid()
  terminal.write('\x1d')
  expect(await ended).toBe(0)
  return said
}

/** The probe's whole report, which is taken away for the next one. */
async function untilSaid(): Promise<string> {
  const said = await eventually('the report', async () => {
    const text = await outputOf(plane, machine.id, 'cat ~/said 2>/dev/null || :')
    return text.endsWith('probe=ended') && text
  })
  await outputOf(plane, machine.id, 'rm ~/said')
  return said
}
