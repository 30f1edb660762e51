import type { PlannedFile } from '@agent-machines/core'

const id = 'agent-machines'

/** After 1, 2 and 4 seconds or more; by itself the CLI tries a model source that is limited for minutes. */
const tries = 4

/**
 * The plugin through which the CLI tells its own events: an ECMAScript module and what describes it.
 *
 * Started as `tui` it keeps `<pid>.json` in the folder that `AGENT_MACHINES_STATE` names: what the agent does and
 * since when. In a run, marked by `AGENT_MACHINES_RUN`, it prints each message and how it ended, as lines of JSON. In
 * the gateway it writes the same of each conversation that has a file in the folder which `AGENT_MACHINES_TURNS` names.
 */
export function openClawPluginFiles(folder: string): PlannedFile[] {
  const description = {
    name: id,
    version: '1.0.0',
    type: 'module',
    openclaw: { extensions: ['./index.mjs'] },
  }
  const manifest = {
    id,
    name: 'Agent Machines',
    description: 'Tells what the agent does',
    activation: { onStartup: true },
    configSchema: { type: 'object', additionalProperties: false },
  }
  return [
    { path: `${folder}/package.json`, content: JSON.stringify(description), mode: 0o600 },
    { path: `${folder}/openclaw.plugin.json`, content: JSON.stringify(manifest), mode: 0o600 },
    { path: `${folder}/index.mjs`, content: openClawPlugin, mode: 0o600 },
  ]
}

/** The CLI loads it several times in one process, with another `api` each time. */
const openClawPlugin = `import { closeSync, constants, existsSync, openSync, readdirSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs'

const [, , command] = process.argv
const tries = ${tries}
const folder = process.env.AGENT_MACHINES_STATE
const turns = process.env.AGENT_MACHINES_TURNS
const file = folder + '/' + process.pid + '.json'
const working = new Map()
let now = { state: 'started' }
let last = ''

function write() {
  const text = JSON.stringify(now)
  if (text === last) return
  try {
    const content = JSON.stringify({ pid: process.pid, since: Date.now(), ...now })
    writeFileSync(file + '.new', content, { mode: 0o600 })
    renameSync(file + '.new', file)
    last = text
  } catch {
    // A state that cannot be written is unknown, not the one before.
    rmSync(file, { force: true })
    last = ''
  }
}

function follow({ runId, stream, data }) {
  const isLife = stream === 'lifecycle'
  if (isLife && (data.phase === 'end' || data.phase === 'error')) working.delete(runId)
  else if (isLife && data.phase === 'start' && !working.has(runId)) working.set(runId, { state: 'busy' })
  else if (!working.has(runId)) return
  else if (isLife && data.errorObservation?.providerRuntimeFailureKind === 'rate_limit')
    working.set(runId, { state: 'limited', message: data.error })
  else if (stream === 'run_status' && working.get(runId).state === 'limited')
    working.set(runId, { ...working.get(runId), nextAt: Date.now() + data.delayMs })
  else if (stream === 'tool' && data.name === 'ask_user')
    working.set(runId, data.phase === 'result' ? { state: 'busy' } : { state: 'waiting', asks: data.args?.questions?.[0]?.question })
  else if (stream === 'tool' || stream === 'assistant') {
    if (working.get(runId).state === 'limited') working.set(runId, { state: 'busy' })
  }
  const all = [...working.values()]
  now = ['waiting', 'busy', 'limited'].map((state) => all.find((each) => each.state === state)).find(Boolean) ?? { state: 'idle' }
  write()
}

// Null for one that is not the gateway's.
function conversationOf(sessionKey) {
  return /^agent:main:(gateway-[0-9a-f-]+)$/.exec(sessionKey)?.[1] ?? null
}

// Whoever asks for an answer makes its file.
function writeTurn(turn, text) {
  try {
    const file = openSync(turns + '/' + turn, constants.O_WRONLY | constants.O_APPEND)
    writeSync(file, text)
    closeSync(file)
  } catch {
    // Nobody waits for this one.
  }
}

function print(record, sessionKey) {
  const text = JSON.stringify(record) + '\\n'
  if (isRun) return writeSync(1, text)
  const turn = conversationOf(sessionKey)
  if (turn) writeTurn(turn, text)
}

const mark = Symbol.for('agent-machines')
const isFirst = !globalThis[mark]
globalThis[mark] = true
const isConsole = command === 'tui' && Boolean(folder)
const isRun = command === 'agent' && Boolean(process.env.AGENT_MACHINES_RUN)
const isGateway = command === 'gateway' && Boolean(turns)

function begin(events) {
  if (isConsole) {
    const told = readdirSync(folder).filter((name) => /^\\d+\\.json$/.test(name))
    for (const name of told) if (!existsSync('/proc/' + parseInt(name))) rmSync(folder + '/' + name, { force: true })
    write()
    events.onAgentEvent(follow)
  }
  if (isRun || isGateway) {
    const failed = new Map()
    const gaveUp = new Set()
    events.onAgentEvent(({ runId, stream, data, sessionId, sessionKey }) => {
      if (gaveUp.has(runId)) return
      const session = conversationOf(sessionKey) ?? sessionId
      if (stream === 'lifecycle') {
        failed.set(runId, data)
        print({ ...data, type: 'lifecycle', session }, sessionKey)
        if (data.phase === 'end' || data.phase === 'error') failed.delete(runId)
      }
      if (stream !== 'run_status' || !(data.attempt > tries)) return
      gaveUp.add(runId)
      print({ ...failed.get(runId), type: 'lifecycle', phase: 'error', session }, sessionKey)
      // In the gateway whoever asked hangs up, which ends it.
      if (isRun) process.kill(process.pid, 'SIGTERM')
    })
  }
}

export default {
  id: '${id}',
  name: 'Agent Machines',
  description: 'Tells what the agent does',
  register(api) {
    if (isFirst) begin(api.runtime.events)
    if (isRun || isGateway)
      api.on('before_message_write', ({ message }, { sessionKey }) => {
        print({ type: 'message', message }, sessionKey)
      })
  },
}
`
