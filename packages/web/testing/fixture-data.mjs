const capabilities = {
  sleep: true,
  memoryKept: true,
  streamExec: true,
  attach: true,
  publicUrl: false,
  limits: { cpu: true, memory: true, pids: true },
}
const ready = { readiness: 'ready', reasons: [] }

export const runtimes = [
  runtime('claude-code', 'Claude Code', '2.1.330', ['anthropic-messages']),
  runtime('codex', 'Codex', '0.145.0', ['openai-responses']),
  runtime('shell', 'Shell', null, []),
]

export const substrates = [
  {
    id: 'local',
    label: 'This computer',
    summary: 'Isolated by bubblewrap, starts in under a second',
    docsPath: 'substrates/local',
    credentials: [],
    capabilities,
    isolation: 'namespaces',
    network: 'shared-host',
    hostPath: true,
    ...ready,
  },
]

export const upstreams = [
  upstream(
    'anthropic',
    'Anthropic',
    ['anthropic-messages'],
    'ANTHROPIC_API_KEY',
    'https://api.anthropic.com',
  ),
  upstream(
    'openai',
    'OpenAI',
    ['openai-responses', 'openai-chat'],
    'OPENAI_API_KEY',
    'https://api.openai.com',
  ),
  upstream('custom', 'Custom endpoint', [], 'CUSTOM_API_KEY', null),
]

export const credentials = [
  credential('ANTHROPIC_API_KEY', 'Anthropic', { configured: true, source: 'environment', last4: 'Q9fA' }),
  credential('OPENAI_API_KEY', 'OpenAI', {}),
  credential('CUSTOM_API_KEY', 'Custom endpoint', {}),
]

/** One machine in every state there is, as of `nowMs`. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of samples
export function machinesOf(nowMs) {
  const ago = (minutes) => new Date(nowMs - minutes * 60_000).toISOString()
  const agent = (state, minutes, detail) => ({
    state,
    since: ago(minutes),
    source: 'session-file',
    ...(detail ? { detail } : {}),
  })
  const { done, running, failed } = phasesOf(nowMs)
  let count = 0
  const machine = (name, more) => ({
    id: `m_${++count}`,
    name,
    labels: {},
    runtime: 'claude-code',
    substrate: 'local',
    upstream: 'anthropic',
    model: null,
    preset: null,
    spec: { cpus: 2, memoryMiB: 4096 },
    workspace: null,
    state: 'ready',
    agent: agent('idle', 41),
    isolation: 'namespaces',
    network: 'shared-host',
    bootstrap: { state: 'done', phases: done },
    capabilities,
    home: '/home/agent',
    createdAt: ago(180),
    updatedAt: ago(5),
    lastActivityAt: ago(2),
    ...more,
  })
  return [
    machine('release-notes', { agent: agent('waiting', 12, 'Run npm publish --dry-run --access public?') }),
    machine('billing-migration', {
      runtime: 'codex',
      agent: agent('waiting', 2, 'Apply this patch to 4 files?'),
    }),
    machine('docs-crawler', {
      state: 'failed',
      stateReason: 'BOOTSTRAP_FAILED',
      agent: null,
      bootstrap: { state: 'failed', phases: failed },
      createdAt: ago(1),
    }),
    machine('flaky-tests', {
      agent: agent('busy', 6),
      lastLine: 'shard 3 of 8: 412 passed, 3 failed (2m 11s)',
    }),
    machine('dep-upgrades', {
      runtime: 'codex',
      agent: agent('busy', 0.8),
      lastLine: 'Ran npm ls react --depth 3',
    }),
    machine('api-fuzzer', {
      runtime: 'codex',
      state: 'bootstrapping',
      agent: null,
      bootstrap: { state: 'running', phases: running },
      createdAt: ago(1),
    }),
    machine('perf-bisect', { agent: agent('limited', 30, 'until 16:00'), lastLine: 'Usage limit reached.' }),
    machine('scratch', { runtime: 'shell', upstream: null, agent: null, lastLine: '~/work $' }),
    machine('i18n-review', { lastLine: 'Done: 38 keys translated, 4 left for a person to decide' }),
    machine('crashed', { agent: agent('exited', 9, 'exit code 137') }),
    machine('nightly-audit', { state: 'asleep', lastLine: 'No new advisories' }),
    machine('import-legacy', { state: 'asleep', updatedAt: ago(4000) }),
  ]
}

export const consoleScreen = `\x1b[90m~/uploader $\x1b[0m claude

\x1b[90m╭──────────────────────────────────────────────────────────────╮\x1b[0m
\x1b[90m│\x1b[0m \x1b[33m✳\x1b[0m \x1b[1mClaude Code\x1b[0m  \x1b[90m2.1.330\x1b[0m                                       \x1b[90m│\x1b[0m
\x1b[90m╰──────────────────────────────────────────────────────────────╯\x1b[0m

\x1b[32m●\x1b[0m \x1b[1mBash\x1b[0m(git log --oneline v2.3.1..HEAD | wc -l)
  \x1b[90m⎿\x1b[0m  47

\x1b[32m●\x1b[0m \x1b[1mUpdate\x1b[0m(CHANGELOG.md)
  \x1b[90m⎿\x1b[0m  Added 7 lines, removed 1

Do you want to proceed?
\x1b[36m❯ 1. Yes\x1b[0m
  2. No, tell it what to do differently \x1b[90m(esc)\x1b[0m
☐ ☒ ⏺ ⏵ ✻ ✽ 🙂 ok`

function runtime(id, label, version, protocols) {
  return {
    id,
    label,
    summary: label,
    version,
    protocols,
    hasAgent: protocols.length > 0,
    takesRuns: protocols.length > 0,
    ...ready,
  }
}

function upstream(id, label, protocols, credentialName, baseUrl) {
  return {
    id,
    label,
    summary: 'Any server that speaks one of the protocols',
    protocols,
    credential: credentialName,
    keyRequired: baseUrl !== null,
    baseUrl,
    models: [],
    ...ready,
  }
}

function credential(name, opens, more) {
  return {
    name,
    label: 'API key',
    kind: 'upstream',
    opens,
    configured: false,
    source: null,
    last4: null,
    baseUrl: null,
    protocols: null,
    updatedAt: null,
    usedBy: [],
    ...more,
  }
}

function phasesOf(nowMs) {
  const phase = (id, label, state, from, to, more = {}) => ({
    id,
    label,
    group: 'core',
    state,
    ...(from === null ? {} : { startedAt: new Date(nowMs - 60_000 + from * 1000).toISOString() }),
    ...(to === null ? {} : { finishedAt: new Date(nowMs - 60_000 + to * 1000).toISOString() }),
    ...more,
  })
  const done = [
    phase('create', 'Create the machine', 'done', 0, 0.4),
    phase('configure', 'Write the configuration', 'done', 0.4, 0.5),
    phase('install', 'Install Claude Code', 'done', 0.5, 1.4),
    phase('console', 'Start the console', 'done', 1.4, 2.1),
  ]
  const running = [
    ...done.slice(0, 2),
    phase('install', 'Install Codex', 'running', 0.5, null),
    phase('console', 'Start the console', 'pending', null, null),
    phase('workspace', 'Fetch the repository', 'pending', null, null, { group: 'extra' }),
  ]
  const failed = [
    ...done.slice(0, 2),
    phase('install', 'Install Claude Code', 'failed', 0.5, 58, {
      attempt: 3,
      error: {
        category: 'network',
        message: 'The package registry did not answer in 60 s.',
        transient: true,
        log: [
          'npm http fetch GET claude-code',
          'npm error code ETIMEDOUT',
          'npm error network request failed',
        ],
      },
    }),
    phase('console', 'Start the console', 'pending', null, null),
  ]
  return { done, running, failed }
}
