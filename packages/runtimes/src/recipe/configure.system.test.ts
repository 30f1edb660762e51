import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PlannedFile } from '@agent-machines/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claudeCodeRecipe } from '../claude-code/claude-code-recipe.ts'
import { codexRecipe } from '../codex/codex-recipe.ts'
import { hermesRecipe } from '../hermes/hermes-recipe.ts'
import { openClawRecipe } from '../openclaw/openclaw-recipe.ts'
import { openCodeRecipe } from '../opencode/opencode-recipe.ts'
import { shellRecipe } from '../shell/shell-recipe.ts'
import type { AgentContext, ModelAccess, RuntimeRecipe } from './runtime-recipe.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "am-config'ure-"))
  mkdirSync(join(home, 'work'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const native: ModelAccess = {
  id: 'anthropic',
  protocol: 'anthropic-messages',
  baseUrl: 'https://api.anthropic.com',
  key: 'sk-ant-0123456789-abcdefghijklmnop',
}
const gateway: ModelAccess = {
  id: 'custom',
  protocol: 'anthropic-messages',
  baseUrl: 'http://gateway/prefix',
  key: `it's "secret"`,
}

describe('Claude Code', () => {
  it('finds everything answered on its first start', () => {
    configure(claudeCodeRecipe, native)

    expect(json('.claude.json')).toEqual({
      hasCompletedOnboarding: true,
      hasSeenAutoDefaultNudge: true,
      hasResetAutoModeOptInForDefaultOffer: true,
      projects: { [join(home, 'work')]: { hasTrustDialogAccepted: true } },
      customApiKeyResponses: { approved: ['-abcdefghijklmnop'.padStart(20, '789')], rejected: [] },
    })
    expect(json('.claude/settings.json')).toEqual({
      permissions: { defaultMode: 'default' },
      skipAutoPermissionPrompt: true,
    })
    expect(statSync(join(home, '.claude.json')).mode & 0o777).toBe(0o600)
  })

  it('keeps what the CLI and the person wrote, byte for byte, when nothing is missing', () => {
    configure(claudeCodeRecipe, native)
    const before = `${JSON.stringify({ ...json('.claude.json'), numStartups: 4, theme: 'light' }, null, 2)}\n`
    writeFileSync(join(home, '.claude.json'), before)
    const settings = '{ "permissions": {"defaultMode": "plan"}, "skipAutoPermissionPrompt": false }'
    writeFileSync(join(home, '.claude/settings.json'), settings)

    configure(claudeCodeRecipe, native)

    expect(readFileSync(join(home, '.claude.json'), 'utf8')).toBe(before)
    expect(readFileSync(join(home, '.claude/settings.json'), 'utf8')).toBe(settings)
  })

  it.each([2, 0])('approves another key beside the ones there, indented by %i', (indent) => {
    configure(claudeCodeRecipe, native)
    writeFileSync(join(home, '.claude.json'), JSON.stringify(json('.claude.json'), null, indent))

    configure(claudeCodeRecipe, { ...native, key: 'sk-ant-another-key-ABCDEFGHIJKL' })

    expect(json('.claude.json')['customApiKeyResponses'].approved).toEqual([
      'ther-key-ABCDEFGHIJKL'.slice(-20),
      '789-abcdefghijklmnop',
    ])
  })

  it('adds to a file of a person who never ran the CLI here', () => {
    writeFileSync(join(home, '.claude.json'), '{\n  "mcpServers": {},\n  "projects": {}\n}\n')

    configure(claudeCodeRecipe, gateway)

    expect(json('.claude.json')).toMatchObject({
      mcpServers: {},
      hasCompletedOnboarding: true,
      projects: { [join(home, 'work')]: { hasTrustDialogAccepted: true } },
    })
  })

  it('starts with the vendor key alone, or with the token of a gateway alone', () => {
    configure(claudeCodeRecipe, native)
    const atVendor = environmentOf('ANTHROPIC')
    configure(claudeCodeRecipe, gateway, 'some/model')
    const atGateway = environmentOf('ANTHROPIC')

    expect(atVendor).toEqual({ ANTHROPIC_API_KEY: native.key, ANTHROPIC_AUTH_TOKEN: '' })
    expect(atGateway).toEqual({
      ANTHROPIC_API_KEY: '',
      ANTHROPIC_AUTH_TOKEN: gateway.key,
      ANTHROPIC_BASE_URL: gateway.baseUrl,
      ANTHROPIC_MODEL: 'some/model',
      ANTHROPIC_SMALL_FAST_MODEL: 'some/model',
    })
  })
})

describe('Codex', () => {
  const responses: ModelAccess = { ...gateway, protocol: 'openai-responses' }

  it('asks before it acts and trusts the work folder', () => {
    configure(codexRecipe, responses)

    const config = readFileSync(join(home, '.codex/config.toml'), 'utf8')
    expect(config).toContain('approval_policy = "on-request"')
    expect(config).toContain(`[projects."${join(home, 'work')}"]\ntrust_level = "trusted"`)
    expect(config).not.toContain('secret')
  })

  it('keeps what the person wrote and adds a missing trust once', () => {
    mkdirSync(join(home, '.codex'))
    writeFileSync(join(home, '.codex/config.toml'), 'approval_policy = "never"\n')

    configure(codexRecipe, responses)
    configure(codexRecipe, responses)

    const config = readFileSync(join(home, '.codex/config.toml'), 'utf8')
    expect(config).toBe(
      `approval_policy = "never"\n\n[projects."${join(home, 'work')}"]\ntrust_level = "trusted"\n`,
    )
  })

  it('is pointed at the upstream by its arguments, which hold no secret', () => {
    configure(codexRecipe, responses, 'gpt-x')

    const launcher = readFileSync(join(home, '.agent-machines/bin/agent'), 'utf8')
    expect(launcher).toContain('base_url="http://gateway/prefix/v1"')
    expect(launcher).toContain('model="gpt-x"')
    expect(launcher).not.toContain('secret')
    expect(environmentOf('AGENT_MACHINES')).toEqual({ AGENT_MACHINES_MODEL_KEY: gateway.key })
  })
})

describe('OpenCode', () => {
  const chat: ModelAccess = { ...gateway, protocol: 'openai-chat' }

  beforeEach(() => {
    mkdirSync(join(home, '.local/share/opencode'), { recursive: true })
    writeFileSync(join(home, '.local/share/opencode/opencode.db'), 'of before')
  })

  it('asks before it changes anything, and downloads nothing at its start', () => {
    configure(openCodeRecipe, chat, 'm')

    expect(json('.config/opencode/opencode.json').permission).toEqual({
      edit: 'ask',
      bash: 'ask',
      webfetch: 'ask',
    })
    expect(readdirSync(join(home, '.config/opencode/node_modules'))).toEqual([])
    expect(json('.config/opencode/package-lock.json').packages['']).toEqual({
      dependencies: { '@opencode-ai/plugin': '*' },
    })
    expect(existsSync(join(home, '.agent-machines/state/opencode/plugin.mjs'))).toBe(true)
  })

  it.each(['config.json', 'opencode.json', 'opencode.jsonc'])('keeps what the person wrote: %s', (name) => {
    mkdirSync(join(home, '.config/opencode'), { recursive: true })
    writeFileSync(join(home, '.config/opencode', name), '{ "permission": "allow" }')
    writeFileSync(join(home, '.config/opencode/package-lock.json'), '{}')

    configure(openCodeRecipe, chat, 'm')

    expect(readdirSync(join(home, '.config/opencode')).sort()).toEqual(
      [name, 'node_modules', 'package-lock.json'].sort(),
    )
    expect(json(`.config/opencode/${name}`)).toEqual({ permission: 'allow' })
    expect(json('.config/opencode/package-lock.json')).toEqual({})
  })

  it('is pointed at the upstream by its environment, which only names the key', () => {
    configure(openCodeRecipe, chat, 'vendor/model')

    const { OPENCODE_CONFIG_CONTENT: content = '' } = environmentOf('OPENCODE_CONFIG')
    expect(content).not.toContain('secret')
    expect(JSON.parse(content)).toEqual({
      plugin: [`file://${home}/.agent-machines/state/opencode/plugin.mjs`],
      enabled_providers: ['am'],
      provider: {
        am: {
          npm: '@ai-sdk/openai-compatible',
          name: 'custom',
          options: { baseURL: 'http://gateway/prefix/v1', apiKey: '{env:AGENT_MACHINES_MODEL_KEY}' },
          models: { 'vendor/model': {} },
        },
      },
      small_model: 'am/vendor/model',
    })
    expect(environmentOf('AGENT_MACHINES_MODEL')).toEqual({ AGENT_MACHINES_MODEL_KEY: gateway.key })
    expect(readFileSync(join(home, '.agent-machines/bin/agent'), 'utf8')).toContain('--model=am/vendor/model')
  })
})

describe('Hermes', () => {
  const chat: ModelAccess = { ...gateway, protocol: 'openai-chat' }

  it('names its model source by variables, so that the key is in no file of the CLI', () => {
    configure(hermesRecipe, chat, 'some/model')

    const config = readFileSync(join(home, '.hermes/config.yaml'), 'utf8')
    expect(config).toMatch(/api_key: \$\{AGENT_MACHINES_MODEL_KEY\}/)
    expect(environmentOf('AGENT_MACHINES')).toEqual({
      AGENT_MACHINES_MODEL_URL: 'http://gateway/prefix/v1',
      AGENT_MACHINES_MODEL_KEY: gateway.key,
      AGENT_MACHINES_MODEL_API: 'chat_completions',
      AGENT_MACHINES_MODEL: 'some/model',
    })
  })

  it('leaves `/v1` to the CLI where it speaks Anthropic Messages', () => {
    configure(hermesRecipe, { ...gateway, protocol: 'anthropic-messages' })

    expect(environmentOf('AGENT_MACHINES')).toMatchObject({
      AGENT_MACHINES_MODEL_URL: 'http://gateway/prefix',
      AGENT_MACHINES_MODEL_API: 'anthropic_messages',
    })
  })

  it('keeps the configuration that is there', () => {
    mkdirSync(join(home, '.hermes'))
    writeFileSync(join(home, '.hermes/config.yaml'), 'approvals:\n  mode: smart\n')

    configure(hermesRecipe, chat)

    expect(readFileSync(join(home, '.hermes/config.yaml'), 'utf8')).toBe('approvals:\n  mode: smart\n')
  })
})

describe('OpenClaw', () => {
  const folder = '.agent-machines/state/openclaw'

  it('keeps what the person wrote, and includes it in what the machine decides', () => {
    mkdirSync(join(home, '.openclaw'))
    writeFileSync(join(home, '.openclaw/openclaw.json'), "{ tools: { exec: { mode: 'ask' } } }")

    configure(openClawRecipe, gateway, 'm')

    expect(readFileSync(join(home, '.openclaw/openclaw.json'), 'utf8')).toContain("mode: 'ask'")
    expect(json(`${folder}/machine.json`)).toMatchObject({
      $include: [join(home, '.openclaw/openclaw.json')],
      agents: { defaults: { workspace: join(home, 'work') } },
      plugins: { load: { paths: [join(home, folder, 'plugin')] } },
    })
    expect(existsSync(join(home, folder, 'told'))).toBe(true)
  })

  it('makes no model call by itself unless the person wants it', () => {
    configure(openClawRecipe, gateway, 'm')

    expect(json('.openclaw/openclaw.json')).toEqual({ agents: { defaults: { heartbeat: { every: '0m' } } } })
  })

  it.each([
    ['anthropic-messages', 'anthropic-messages', 'http://gateway/prefix'],
    ['openai-responses', 'openai-responses', 'http://gateway/prefix/v1'],
    ['openai-chat', 'openai-completions', 'http://gateway/prefix/v1'],
  ] as const)('is pointed at an upstream that speaks %s by its environment', (protocol, api, url) => {
    configure(openClawRecipe, { ...gateway, protocol }, 'vendor/model')

    expect(environmentOf('AGENT_MACHINES_MODEL')).toEqual({
      AGENT_MACHINES_MODEL: 'vendor/model',
      AGENT_MACHINES_MODEL_API: api,
      AGENT_MACHINES_MODEL_KEY: gateway.key,
      AGENT_MACHINES_MODEL_URL: url,
    })
  })

  it('gives each conversation of runs a state folder of its own, and goes on with those that are there', () => {
    const run = (session?: string) => {
      const context = { ...contextOf(gateway, 'm'), runtimePath: join(home, 'runtime') }
      const { command = [] } =
        openClawRecipe.headless?.commandFor(context, { permissions: 'configured', session }) ?? {}
      const [program = '', ...words] = command
      return spawnSync(program, words, { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } })
    }
    mkdirSync(join(home, 'runtime/bin'), { recursive: true })
    writeFileSync(join(home, 'runtime/bin/node'), '#!/bin/sh\nprintf "%s\\n" "$OPENCLAW_STATE_DIR" "$*"', {
      mode: 0o700,
    })

    const [state = '', words = ''] = run().stdout.split('\n')
    const session = state.slice(state.lastIndexOf('/') + 1)

    expect(state).toBe(join(home, folder, 'runs', session))
    expect(existsSync(state)).toBe(true)
    expect(words).toContain(`--session-id=${session}`)
    expect(run(session).stdout).toBe(`${state}\n${words}\n`)
    expect(run('../../home')).toMatchObject({ status: 1, stderr: 'There is no conversation home.\n' })
  })
})

it('starts a plain shell in the work folder', () => {
  configure(shellRecipe, null)

  const { stdout } = spawnSync(join(home, '.agent-machines/bin/agent'), [], {
    input: 'pwd\n',
    encoding: 'utf8',
    env: { HOME: home, PATH: '/usr/bin:/bin' },
  })
  expect(stdout).toBe(`${join(home, 'work')}\n`)
})

it.each([
  [claudeCodeRecipe, 'bin/claude', '--continue', '.claude/projects/-h-work/*.jsonl'],
  [codexRecipe, 'bin/codex', 'resume --last', '.codex/sessions/*/*/*/rollout-*.jsonl'],
  [openCodeRecipe, 'bin/opencode', '--session the-last', '.agent-machines/state/opencode/conversation'],
  [hermesRecipe, 'bin/python', 'resume', '.agent-machines/state/hermes/conversation'],
  [openClawRecipe, 'bin/node', '', '.openclaw/agents/main/agent/openclaw-agent.sqlite'],
])(
  'goes on with a conversation when it is asked to, and says where those are: %#',
  (recipe, program, words, pattern) => {
    const runtimePath = join(home, 'runtime')
    mkdirSync(dirname(join(runtimePath, program)), { recursive: true })
    writeFileSync(join(runtimePath, program), '#!/bin/sh\nprintf %s "$*"', { mode: 0o700 })
    const context = { ...contextOf(gateway, null), runtimePath }
    const { files } = recipe.configure(context)
    for (const file of files) place(file)
    if (recipe === openCodeRecipe) place({ path: pattern, content: 'the-last', mode: 0o600 })
    const started = (...args: string[]) =>
      spawnSync(join(home, '.agent-machines/bin/agent'), args, { encoding: 'utf8' }).stdout

    expect(started('resume')).toBe(`${started()} ${words}`.trim())
    expect(started('resume', 'further')).toBe(
      [started(), words, 'further'].filter((part) => part !== '').join(' '),
    )
    expect(readFileSync(join(home, '.agent-machines/state/resume'), 'utf8')).toBe(
      `file ${pattern.replace('-h-work', context.workDirectory.replaceAll(/[^A-Za-z0-9]/g, '-'))}\n`,
    )
  },
)

it('keeps every file that may hold a secret to its owner', () => {
  for (const recipe of [claudeCodeRecipe, codexRecipe, openCodeRecipe, hermesRecipe, openClawRecipe]) {
    const { files } = recipe.configure(contextOf(gateway, null))
    const open = files.filter(
      (file) => (file.mode & 0o077) !== 0 || /secret/.test(file.content) === (file.mode !== 0o600),
    )
    expect(open.filter((file) => /secret/.test(file.content))).toEqual([])
  }
})

function contextOf(upstream: ModelAccess | null, model: string | null): AgentContext {
  return { home, workDirectory: join(home, 'work'), runtimePath: '/opt/runtime', upstream, model }
}

function configure(recipe: RuntimeRecipe, upstream: ModelAccess | null, model: string | null = null): void {
  const { files, script } = recipe.configure(contextOf(upstream, model))
  for (const file of files) place(file)
  const { status, stderr } = spawnSync('/bin/sh', ['-c', script], {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
}

function place({ path, content, mode }: PlannedFile): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  rmSync(join(home, path), { force: true })
  writeFileSync(join(home, path), content, { mode })
}

function json(path: string) {
  expect(existsSync(join(home, path))).toBe(true)
  return JSON.parse(readFileSync(join(home, path), 'utf8'))
}

/** The variables the launcher would export, as a shell reads them. */
function environmentOf(prefix: string): Record<string, string> {
  const script = `set -a; . .agent-machines/state/agent.env; env -0`
  const { stdout } = spawnSync('/bin/sh', ['-c', script], {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
  })
  const pairs = stdout.split('\0').map((line) => line.split(/=(.*)/s).slice(0, 2))
  return Object.fromEntries(pairs.filter(([name]) => name?.startsWith(prefix)))
}
