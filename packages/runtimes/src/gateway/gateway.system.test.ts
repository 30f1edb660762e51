import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { PlannedFile } from '@agent-machines/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hermesGatewayClient } from '../hermes/hermes-gateway-programs.ts'
import { openClawGatewayClient } from '../openclaw/openclaw-gateway-client.ts'
import type { GatewayRecipe } from '../recipe/gateway.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { gatewayFiles, restartGateway, startGateway, stopGateway } from './gateway-files.ts'

let home: string
const folder = () => join(home, '.agent-machines/state/gateway')

/** A server that only notes its start, and counts as ready once a file says so. */
const recipe: GatewayRecipe<AgentContext> = {
  port: 4000,
  files: [],
  serve: ({ home: at }) => `echo "$AGENT_MACHINES_GATEWAY_PORT $KEY $PWD" >>${at}/starts
setsid sleep 86400.5 &
exec sleep 86400.5`,
  client: ({ home: at }) => ['/bin/sh', `${at}/client.sh`],
  holds: () => true,
  holdsAlone: false,
  headless: {
    budget: 'none',
    commandFor: () => ({ command: [], environment: {} }),
    createReader: () => ({ read: () => [], verdict: null }),
  },
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'am-gateway-'))
  mkdirSync(join(home, 'work'))
  write({ path: '.agent-machines/state/agent.env', content: 'KEY=from-the-agent\n', mode: 0o600 })
  write({
    path: 'client.sh',
    content:
      'case $1 in free-port) echo $((AGENT_MACHINES_GATEWAY_PORT + 1)) ;; ready) [ -e "$HOME/up" ] ;; esac\n',
    mode: 0o600,
  })
  const context = { home, workDirectory: join(home, 'work'), runtimePath: null, upstream: null, model: null }
  for (const file of gatewayFiles(recipe, context)) write(file)
})
afterEach(() => {
  run(stopGateway)
  rmSync(home, { recursive: true, force: true })
})

it('starts the server once, in the environment of the agent, and tells when it takes messages', async () => {
  expect(run(startGateway)).toEqual({ code: 0, stderr: '' })
  expect(run(startGateway).code).toBe(0)
  await untilHealth(/^starting 4001 \S+Z ?$/)
  writeFileSync(join(home, 'up'), '')
  await untilHealth(/^ready 4001 \S+Z ?$/)

  expect(starts()).toEqual([`4001 from-the-agent ${join(home, 'work')}`])
  expect(processes()).toHaveLength(2)
  expect(readFileSync(join(folder(), 'port'), 'utf8')).toBe('4001\n')
})

it('makes a token that only its owner reads, and that no command line has', async () => {
  run(startGateway)
  await untilHealth(/^starting/)
  const token = readFileSync(join(folder(), 'token'), 'utf8')
  run(restartGateway)
  await untilHealth(/^starting/)

  expect(token).toMatch(/^[0-9a-f]{64}$/)
  expect(readFileSync(join(folder(), 'token'), 'utf8')).toBe(token)
  expect(statSync(join(folder(), 'token')).mode & 0o777).toBe(0o600)
  expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain(token)
})

it('starts one that ended again, and says how it ended', async () => {
  writeFileSync(join(home, 'up'), '')
  run(startGateway)
  await untilHealth(/^ready/)

  process.kill(pidOf('server'), 'SIGKILL')

  await untilHealth(
    /^down 4001 \S+ It ended with exit code 137\. Its log is ~\/\.agent-machines\/logs\/gateway\.log$/,
  )
  await untilHealth(/^ready 4002/)
  expect(starts()).toHaveLength(2)
})

it('ends all of it, in whatever group, and tells nothing any more', async () => {
  run(startGateway)
  await untilHealth(/^starting/)
  await eventually(() => expect(processes()).toHaveLength(2))

  run(stopGateway)

  expect(processes()).toEqual([])
  expect(existsSync(join(folder(), 'health'))).toBe(false)
})

it('leaves no second server beside one whose keeper was killed', async () => {
  run(startGateway)
  await untilHealth(/^starting/)
  await eventually(() => expect(processes()).toHaveLength(2))

  process.kill(pidOf('keeper'), 'SIGKILL')
  run(startGateway)

  await eventually(() => expect(starts()).toHaveLength(2))
  await eventually(() => expect(processes()).toHaveLength(2))
})

describe.each([
  ['OpenClaw', process.execPath, 'client.mjs', openClawGatewayClient],
  ['Hermes', 'python3', 'client.py', hermesGatewayClient],
])('the client of %s', (_, interpreter, name, content) => {
  it('takes the port that is free, and another one where something listens', async () => {
    write({ path: name, content, mode: 0o600 })
    const listener = createServer()
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const address = listener.address()
    const port = String(typeof address === 'object' ? address?.port : 0)
    const ask = (what: string) =>
      spawnSync(interpreter, [join(home, name), what], {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          AGENT_MACHINES_GATEWAY_PORT: port,
          AGENT_MACHINES_GATEWAY_TOKEN: 't',
        },
      })

    const beside = ask('free-port').stdout.trim()
    await new Promise((resolve) => listener.close(resolve))

    expect(beside).toMatch(/^[1-9]\d+$/)
    expect(beside).not.toBe(port)
    expect(ask('free-port').stdout.trim()).toBe(port)
    expect(ask('ready').status).toBe(1)
  })
})

function write({ path, content, mode }: PlannedFile): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), content, { mode })
}

function run(script: string): { code: number | null; stderr: string } {
  const ended = spawnSync('/bin/sh', ['-c', `cd && ${script}`], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: home },
  })
  return { code: ended.status, stderr: ended.stderr }
}

function starts(): string[] {
  return readFileSync(join(home, 'starts'), 'utf8').trim().split('\n')
}

/** What the server of this home started and is. */
function processes(): string[] {
  const listed = spawnSync(
    '/bin/sh',
    ['-c', 'grep -lF "$1" /proc/[0-9]*/environ 2>/dev/null', 'sh', folder()],
    {
      encoding: 'utf8',
    },
  )
  const pids = listed.stdout.split('\n').map((path) => path.split('/')[2] ?? '')
  return pids.filter((pid) => {
    const shown = spawnSync('ps', ['-o', 'args=', '-p', pid], { encoding: 'utf8' }).stdout
    return shown.includes('sleep 86400.5')
  })
}

function pidOf(name: 'keeper' | 'server'): number {
  return Number(readFileSync(join(folder(), name), 'utf8').split(' ')[0])
}

function untilHealth(expected: RegExp): Promise<void> {
  return eventually(() => {
    const words = readFileSync(join(folder(), 'health'), 'utf8').trimEnd().split(' ')
    expect(words.slice(2).join(' ')).toMatch(expected)
  })
}

async function eventually(check: () => void): Promise<void> {
  for (const deadline = Date.now() + 15_000; ; await delay(50)) {
    try {
      return check()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}
