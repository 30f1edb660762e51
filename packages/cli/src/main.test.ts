import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AgentMachinesError, type Machine, toProblem } from '@agent-machines/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { CliIo } from './context/cli-io.ts'
import { main } from './main.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

describe('am', () => {
  it('prints results on stdout and nothing else there', async () => {
    const am = await anAm({ 'GET /machines': page([aMachine()]) })

    const plain = await am.run(['list'])
    const json = await am.run(['list', '--json'])

    expect(plain).toMatchObject({ exitCode: 0, stderr: '' })
    expect(plain.stdout).toMatch(
      /^NAME +ID .*\nbrave-otter +m1 +ready +- +shell +local +namespaces +shared-host/,
    )
    expect(JSON.parse(json.stdout)).toMatchObject([{ id: 'm1', name: 'brave-otter' }])
  })

  it('sends the API key as a bearer and never as anything else', async () => {
    const am = await anAm({ 'GET /machines': page([]) })

    await am.run(['list'])

    expect(am.requests[0]?.headers.authorization).toBe('Bearer am_test')
    expect(am.requests[0]?.url).not.toContain('am_test')
  })

  const wrong: [string, string[]][] = [
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['list', '--frobnicate']],
    ['a missing option', ['deploy', '--runtime', 'shell']],
    ['a missing argument', ['exec', 'm1']],
    ['destroying without --yes', ['destroy', 'brave-otter']],
    ['removing everything without --yes', ['down', '--destroy']],
    ['an unknown protocol', ['credentials', 'set', 'CUSTOM_API_KEY', '--protocols', 'smoke-signals']],
    ['attaching without a terminal', ['attach', 'm1']],
    ['a name that fits two machines', ['status', 'b']],
    ['an empty name', ['status', '']],
  ]
  for (const [name, args] of wrong) {
    it(`exits 2 at ${name}`, async () => {
      const machines = [aMachine(), aMachine({ id: 'm2', name: 'bold-fox' })]
      const am = await anAm({ 'GET /machines': page(machines) })

      const result = await am.run(args)

      expect(result).toMatchObject({ exitCode: 2, stdout: '' })
      expect(result.stderr).toMatch(/^error: /)
    })
  }

  it('explains an error with its title, its detail and what to do', async () => {
    const error = new AgentMachinesError('MACHINE_ASLEEP', 'Machine brave-otter is asleep.')
    const am = await anAm({ 'GET /machines': () => ({ status: 409, body: toProblem(error, 'r1') }) })

    const plain = await am.run(['list'])
    const json = await am.run(['list', '--json'])

    expect(plain).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: The machine is asleep.\n  Machine brave-otter is asleep.\nhint: Wake it with `am wake <id>`, then try again.\n',
    })
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'MACHINE_ASLEEP', retry: 'after-fix' })
  })

  it('says how to start a control plane when there is none', async () => {
    const result = await runAt('http://127.0.0.1:1', ['list'])

    expect(result.exitCode).toBe(1)
    expect(result.stderr).toContain('Start it with `am up`')
  })

  it('passes bytes and the exit code of a remote command through', async () => {
    const am = await anAm({
      'GET /machines': page([aMachine()]),
      'POST /machines/m1/exec/stream': () => ({
        stream: [
          ['started', {}],
          ['output', { stream: 'stdout', data: 'AP9h' }],
          ['output', { stream: 'stderr', data: Buffer.from('oops').toString('base64') }],
          ['done', { exitCode: 7 }],
        ],
      }),
    })

    const result = await am.run(['exec', 'brave', '--cwd', '/tmp', '--', 'printf', '%s', "it's"], 'in')

    expect(result.exitCode).toBe(7)
    expect([...result.bytes]).toEqual([0, 255, 97])
    expect(result.stderr).toBe('oops')
    expect(am.requests.at(-1)?.body).toEqual({
      command: `printf %s 'it'\\''s'`,
      cwd: '/tmp',
      stdinBase64: Buffer.from('in').toString('base64'),
    })
  })

  it.each([
    ['goes without', [], { command: 'wc -l' }],
    ['waits for it when told to', ['--stdin'], { command: 'wc -l', stdinBase64: btoa('late') }],
  ])('%s while standard input is open and silent', async (_, flags, sent) => {
    const am = await anAm({
      'GET /machines': page([aMachine()]),
      'POST /machines/m1/exec/stream': () => ({ stream: [['done', { exitCode: 0 }]] }),
    })
    const late = async function* () {
      await new Promise((resolve) => setTimeout(resolve, 1500))
      yield Buffer.from('late')
    }

    const result = await am.run(['exec', 'm1', ...flags, '--', 'wc -l'], late())

    expect(am.requests.at(-1)?.body).toEqual(sent)
    expect(result.stderr.includes('--stdin waits for it')).toBe(flags.length === 0)
  })

  it('gives a single word to the shell as it stands', async () => {
    const am = await anAm({
      'GET /machines': page([aMachine()]),
      'POST /machines/m1/exec/stream': () => ({ stream: [['done', { exitCode: 0 }]] }),
    })

    await am.run(['exec', 'm1', '--no-stdin', '--', 'ls | wc -l'])

    expect(am.requests.at(-1)?.body).toEqual({ command: 'ls | wc -l' })
  })

  it('shows the phases of a deploy on stderr and its id on stdout', async () => {
    const am = await anAm({
      'POST /machines': () => ({ status: 202, body: aMachine({ state: 'provisioning' }) }),
      'GET /machines/m1': () => ({ body: aMachine() }),
      'GET /machines/m1/bootstrap/stream': () => ({
        stream: [
          ['phase', { id: 'a', label: 'Check the system', group: 'core', state: 'running' }],
          ['phase', { id: 'a', label: 'Check the system', group: 'core', state: 'done' }],
          ['done', { state: 'done' }],
        ],
      }),
    })

    const result = await am.run(['deploy', '--runtime', 'shell', '--substrate', 'local', '--wait'])

    expect(result).toMatchObject({ exitCode: 0, stdout: 'm1\n' })
    expect(result.stderr).toContain('… Check the system\n✓ Check the system\n')
    expect(am.requests[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
  })

  it('takes the value of a credential from standard input', async () => {
    const status = {
      name: 'OPENAI_API_KEY',
      label: 'OpenAI key',
      kind: 'upstream',
      opens: 'OpenAI',
      configured: true,
      source: 'stored',
      last4: 'cdef',
      baseUrl: 'http://127.0.0.1:9',
      protocols: ['openai-chat'],
      updatedAt: null,
      usedBy: [],
    }
    const check = {
      ...{ state: 'failed', code: 'unreachable', models: null, isTransient: false },
      ...{
        message: 'Nothing listens at 127.0.0.1:9.',
        fix: 'Start it.',
        checkedAt: '2026-01-01T00:00:00.000Z',
      },
    }
    const am = await anAm({
      'PUT /credentials/OPENAI_API_KEY': () => ({ body: status }),
      'POST /credentials/OPENAI_API_KEY/check': () => ({ body: check }),
    })
    const args = ['credentials', 'set', 'OPENAI_API_KEY', '--base-url', 'http://127.0.0.1:9']

    const result = await am.run([...args, '--protocols', 'openai-chat'], 'sk-abcdef\n')

    expect(am.requests[0]?.body).toEqual({
      value: 'sk-abcdef',
      baseUrl: 'http://127.0.0.1:9',
      protocols: ['openai-chat'],
    })
    expect(result.stdout + result.stderr).not.toContain('sk-abcdef')
    expect(result.stderr).toContain('Nothing listens at 127.0.0.1:9. Start it.')
    expect((await am.run(['credentials', 'check', 'OPENAI_API_KEY'])).exitCode).toBe(1)
  })

  it('waits for machines that are being set up before it puts them to sleep', async () => {
    const states = ['bootstrapping', 'ready', 'asleep'] as const
    let asked = 0
    const am = await anAm({
      'GET /machines': page([aMachine({ state: 'provisioning' })]),
      'POST /machines/m1/sleep': () => ({ status: 202, body: aMachine({ state: 'ready' }) }),
      'GET /machines/m1': () => ({ body: aMachine({ state: states[asked++] ?? 'asleep' }) }),
    })

    const result = await am.run(['down', '--json'])

    expect(JSON.parse(result.stdout)).toMatchObject([{ id: 'm1', outcome: 'asleep' }])
    expect(result).toMatchObject({ exitCode: 0 })
    expect(result.stderr).toContain('waiting until it is set up')
  })

  it('leaves machines that cannot sleep running and says so', async () => {
    const awake = aMachine({ id: 'm2', name: 'bold-fox' })
    awake.capabilities = { ...awake.capabilities, sleep: false }
    const am = await anAm({
      'GET /machines': page([aMachine(), awake]),
      'POST /machines/m1/sleep': () => ({ status: 202, body: aMachine({ state: 'ready' }) }),
      'GET /machines/m1': () => ({ body: aMachine({ state: 'asleep' }) }),
    })

    const result = await am.run(['down', '--json'])

    expect(result.exitCode).toBe(0)
    expect(JSON.parse(result.stdout)).toMatchObject([
      { id: 'm1', outcome: 'asleep' },
      { id: 'm2', outcome: 'cannot-sleep' },
    ])
  })

  it('prints help with exit code 0', async () => {
    const result = await runAt('http://127.0.0.1:1', ['--help'])

    expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    expect(result.stdout).toContain('attach')
  })
})

interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly stream?: readonly (readonly [string, unknown])[]
}
type Routes = Record<string, () => Answer>

/** A control plane at the wire, and `am` talking to it. */
async function anAm(routes: Routes) {
  const requests: { url: string; headers: IncomingMessage['headers']; body: unknown }[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const text = Buffer.concat(parts).toString()
    requests.push({ url: request.url ?? '', headers: request.headers, body: text ? JSON.parse(text) : null })
    const path = new URL(request.url ?? '', 'http://x').pathname.replace('/api/v1', '')
    const {
      status = 200,
      body,
      stream,
    } = routes[`${request.method} ${path}`]?.() ?? { status: 404, body: {} }
    response.writeHead(status, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
    for (const [event, data] of stream ?? []) {
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    }
    response.end(stream ? '' : JSON.stringify(body))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    requests,
    run: (args: string[], stdin: Input = '') => runAt(`http://127.0.0.1:${port}`, args, stdin),
  }
}

type Input = string | AsyncIterable<Uint8Array>

async function runAt(url: string, args: string[], stdin: Input = '') {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const io: CliIo = {
    stdout: async (bytes) => {
      out.push(Buffer.from(bytes))
    },
    stderr: async (bytes) => {
      err.push(Buffer.from(bytes))
    },
    stdin: typeof stdin === 'string' ? bytesOf(stdin) : stdin,
    isInteractive: false,
    signal: new AbortController().signal,
    askSecret: null,
    terminal: null,
  }
  const exitCode = await main(args, io, { variables: {}, url, dataDirectory: '/nowhere', apiKey: 'am_test' })
  const bytes = Buffer.concat(out)
  return { exitCode, stdout: bytes.toString(), bytes, stderr: Buffer.concat(err).toString() }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  if (text) yield Buffer.from(text)
}

function page(items: Machine[]) {
  return () => ({ body: { items, nextCursor: null } })
}

function aMachine(change: Partial<Machine> = {}): Machine {
  return {
    id: 'm1',
    name: 'brave-otter',
    labels: {},
    runtime: 'shell',
    runtimeVersion: null,
    substrate: 'local',
    upstream: null,
    model: null,
    preset: null,
    gateway: null,
    spec: {},
    workspace: null,
    state: 'ready',
    agent: null,
    isolation: 'namespaces',
    network: 'shared-host',
    bootstrap: { state: 'done', phases: [] },
    capabilities: {
      sleep: true,
      memoryKept: true,
      streamExec: true,
      attach: true,
      publicUrl: false,
      limits: { cpu: true, memory: true, pids: true },
    },
    home: '/home/agent',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    lastActivityAt: '2026-01-01T00:00:00.000Z',
    ...change,
  }
}
