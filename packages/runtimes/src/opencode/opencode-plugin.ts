/**
 * The plugin through which the CLI tells its own events, as an ECMAScript module.
 *
 * With `AGENT_MACHINES_STATE`, the name of a folder, it keeps `<pid>.json` there: what the agent does and since when; and in
 * `conversation` the one that works in this process, the last that a person spoke to.
 * With `AGENT_MACHINES_TRIES` it prints every new try as a line of JSON and gives up after so many, since the CLI
 * itself tries for ever without a word.
 */
export const openCodePlugin = `import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'

export const AgentMachines = async ({ client }) => {
  const folder = process.env.AGENT_MACHINES_STATE
  const tries = Number(process.env.AGENT_MACHINES_TRIES ?? 0)
  const file = folder + '/' + process.pid + '.json'
  const working = new Map()
  const asked = new Map()
  let last = ''
  let isOpen = false

  const tell = () => {
    if (!folder) return
    const [question] = asked.values()
    const retry = [...working.values()].find((status) => status.type === 'retry')
    const now = question
      ? { state: 'waiting', waitingFor: question.waitingFor, asks: question.asks }
      : retry
        ? { state: 'retrying', message: retry.message, nextAt: retry.next }
        : { state: working.size > 0 ? 'busy' : isOpen ? 'idle' : 'starting' }
    const text = JSON.stringify(now)
    if (text === last) return
    const content = JSON.stringify({ pid: process.pid, since: Date.now(), ...now })
    try {
      writeFileSync(file + '.new', content, { mode: 0o600 })
      renameSync(file + '.new', file)
      last = text
    } catch {
      // A state that cannot be written is unknown, not the one before.
      rmSync(file, { force: true })
      last = ''
    }
  }

  // Those of helpers begin while the one that asked for them works.
  const keep = (session) => {
    if (!folder || working.size > 0) return
    try {
      writeFileSync(folder + '/conversation.new', session, { mode: 0o600 })
      renameSync(folder + '/conversation.new', folder + '/conversation')
    } catch {
      // Without it the next start begins a new conversation, or goes on with the one before.
    }
  }

  const follow = (session, status) => {
    if (status.type === 'retry' && tries > 0) {
      const isLast = status.attempt >= tries
      process.stdout.write(JSON.stringify({ type: 'retry', sessionID: session, message: status.message, last: isLast }) + '\\n')
      if (isLast) client.session.abort({ path: { id: session } })
    }
    if (status.type !== 'idle') {
      keep(session)
      return working.set(session, status)
    }
    working.delete(session)
    for (const [id, question] of asked) if (question.session === session) asked.delete(id)
  }

  const events = {
    'session.status': ({ sessionID, status }) => follow(sessionID, status),
    'session.deleted': ({ info }) => follow(info.id, { type: 'idle' }),
    'permission.asked': ({ id, sessionID, patterns, metadata }) =>
      asked.set(id, { session: sessionID, waitingFor: 'permission', asks: metadata?.command ?? patterns?.[0] }),
    'permission.replied': ({ requestID }) => asked.delete(requestID),
    'question.asked': ({ id, sessionID, questions }) =>
      asked.set(id, { session: sessionID, waitingFor: 'question', asks: questions?.[0]?.question }),
    'question.replied': ({ requestID }) => asked.delete(requestID),
    'question.rejected': ({ requestID }) => asked.delete(requestID),
  }

  // The renderer listens for Ctrl-C first, then the prompt once it stands; keys typed before are lost.
  const onListener = (name) => {
    if (name !== 'SIGINT' || process.listenerCount(name) === 0) return
    isOpen = true
    process.off('newListener', onListener)
    setImmediate(tell)
  }
  if (folder) process.on('newListener', onListener)

  const told = folder ? readdirSync(folder).filter((name) => /^\\d+\\.json$/.test(name)) : []
  for (const name of told) if (!existsSync('/proc/' + parseInt(name))) rmSync(folder + '/' + name, { force: true })
  tell()
  return {
    event: async ({ event }) => {
      events[event.type]?.(event.properties)
      tell()
    },
  }
}
`
