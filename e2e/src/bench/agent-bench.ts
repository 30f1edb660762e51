import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { startModelServer } from '../model-server/start-model-server.ts'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { Screen } from '../testing/screen.ts'
import { nativeKeys } from '../testing/tested-plane.ts'
import { deployToPrompt, promptOn } from './deploy-bench.ts'
import { type Figure, percentile, spreadOf } from './figure.ts'

const size = { cols: 120, rows: 32 }
const isClaudePrompt = (text: string) => /^\s*[❯>]/m.test(text) && text.includes('?')
const isCodexPrompt = (text: string) => /^\s*›/m.test(text)

/** Both agents from the request to their prompt, from a filled runtime cache. */
export async function benchAgents(times: number): Promise<Figure[]> {
  const models = await startModelServer()
  const plane = await startControlPlane({ environment: nativeKeys(models.url) })
  try {
    return [...(await benchClaude(plane, times)), ...(await benchCodex(plane, times))]
  } finally {
    await removeControlPlane(plane)
    await models.close()
  }
}

async function benchClaude(plane: ControlPlaneProcess, times: number): Promise<Figure[]> {
  await deployToPrompt(plane, 'claude-code', isClaudePrompt)
  const took: number[] = []
  const ready: number[] = []
  for (let i = 0; i < times; i++) {
    const { promptMs, readyMs } = await deployToPrompt(plane, 'claude-code', isClaudePrompt)
    took.push(promptMs / 1000)
    ready.push(readyMs / 1000)
  }
  return [
    {
      name: 'Claude Code: POST to prompt, warm cache, p50',
      value: percentile(took, 0.5),
      unit: 's',
      goal: 2,
      note: spreadOf(took),
    },
    { name: '  of it POST to ready, p50', value: percentile(ready, 0.5), unit: 's', note: spreadOf(ready) },
  ]
}

async function benchCodex(plane: ControlPlaneProcess, times: number): Promise<Figure[]> {
  await deployToPrompt(plane, 'codex', isCodexPrompt)
  const took: number[] = []
  const bare: number[] = []
  for (let i = 0; i < times; i++) {
    took.push((await deployToPrompt(plane, 'codex', isCodexPrompt)).promptMs / 1000)
    bare.push((await startBareCodex(plane)) / 1000)
  }
  const bareMedian = percentile(bare, 0.5)
  return [
    {
      name: 'Codex: POST to prompt, warm cache, p50',
      value: percentile(took, 0.5),
      unit: 's',
      goal: bareMedian + 1,
      note: `${spreadOf(took)}; goal: bare + 1 s`,
    },
    { name: '  its bare start in a pty, p50', value: bareMedian, unit: 's', note: spreadOf(bare) },
  ]
}

/** Milliseconds until the same program, started by itself in a new home, shows its prompt. */
async function startBareCodex(plane: ControlPlaneProcess): Promise<number> {
  const home = await mkdtemp(join(tmpdir(), 'am-bench-codex-'))
  const screen = new Screen(size)
  const began = performance.now()
  await writeFile(
    join(home, 'config.toml'),
    `check_for_update_on_startup = false\n[analytics]\nenabled = false\n[projects.${JSON.stringify(home)}]\ntrust_level = "trusted"\n`,
  )
  const pty = spawn(await codexExecutable(plane.data), ['--no-daemon', '--no-alt-screen', ...provider], {
    ...size,
    cwd: home,
    encoding: null,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      CODEX_HOME: home,
      TERM: 'xterm-256color',
      BENCH_KEY: 'none',
    },
  })
  const ended = new Promise<void>((resolve) => pty.onExit(() => resolve()))
  screen.onAnswer((text) => pty.write(text))
  try {
    await promptOn(screen, isCodexPrompt, (fed) =>
      pty.onData((data) => {
        screen.write(Buffer.from(data))
        fed()
      }),
    )
    return performance.now() - began
  } finally {
    pty.kill('SIGKILL')
    await ended
    screen.dispose()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

const provider = [
  '-c',
  'model_provider="bench"',
  '-c',
  'model_providers.bench={name="bench",base_url="http://127.0.0.1:9/v1",env_key="BENCH_KEY",wire_api="responses"}',
]

/** The program in the shared cache that the machines of `data` run. */
async function codexExecutable(data: string): Promise<string> {
  const found = await readdir(join(data, 'runtimes'), { recursive: true })
  const path = found.find((each) => each.endsWith('bin/codex') && !each.includes('.partial'))
  if (path === undefined) throw new Error('the runtime cache holds no Codex')
  return join(data, 'runtimes', path)
}
