import { execFile } from 'node:child_process'
import type { Capabilities, ExecCommand, ExecEvent, MachineProvider } from '@agent-machines/core'
import { expect, it } from 'vitest'
import type { MachineRow } from '../store/machine-store.ts'
import { MachineAccess } from './machine-access.ts'

it('streams by commands where the substrate has no stream, and shows a console that it has none', async () => {
  const { access, row, asked } = aMachine({ attach: false, streamExec: false })

  const said = await collect(access.execFor(row).streamExec({ script: 'echo out; echo err >&2; exit 3' }))

  expect(said).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 })
  expect([...asked]).toEqual(['exec'])
  expect(Object.keys(access.consoleExecFor(row))).toEqual(['exec'])
})

it('uses the streams of a substrate that has them', async () => {
  const { access, row, asked } = aMachine({ attach: true, streamExec: true })

  await collect(access.execFor(row).streamExec({ script: 'true' }))

  expect([...asked]).toEqual(['streamExec'])
  expect(Object.keys(access.consoleExecFor(row)).sort()).toEqual(['attach', 'exec', 'streamExec'])
})

/** Commands run on this computer; which of the provider's methods was asked is noted. */
function aMachine(capabilities: Pick<Capabilities, 'attach' | 'streamExec'>) {
  const asked = new Set<string>()
  const provider: Pick<MachineProvider, 'exec' | 'streamExec'> = {
    exec: (_, command) => {
      asked.add('exec')
      return run(command)
    },
    async *streamExec(): AsyncGenerator<ExecEvent> {
      asked.add('streamExec')
      yield { kind: 'exit', exitCode: 0, timedOut: false }
    },
  }
  const row = { id: 'm', substrate: 'here', providerRef: 'r', state: 'ready', capabilities } as MachineRow
  const store = { get: async () => row, touchActivity: async () => undefined }
  const access = new MachineAccess(store, new Map([['here', provider as MachineProvider]]))
  return { access, row, asked }
}

function run({ script, stdin }: ExecCommand) {
  return new Promise<Awaited<ReturnType<MachineProvider['exec']>>>((resolve) => {
    const child = execFile('/bin/sh', ['-c', script], { encoding: 'buffer' }, (error, stdout, stderr) => {
      const exitCode = typeof error?.code === 'number' ? error.code : 0
      resolve({ stdout, stderr, exitCode, timedOut: false, truncated: false })
    })
    child.stdin?.end(stdin ?? '')
  })
}

async function collect(events: AsyncIterable<ExecEvent>) {
  const said = { stdout: '', stderr: '', exitCode: -1 }
  for await (const event of events) {
    if (event.kind === 'exit') said.exitCode = event.exitCode
    else said[event.kind] += new TextDecoder().decode(event.bytes)
  }
  return said
}
