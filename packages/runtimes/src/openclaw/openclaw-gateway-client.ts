import { gatewayPortVariable, gatewayTokenVariable } from '../recipe/gateway.ts'

/**
 * An ECMAScript module that talks to the CLI's server: `free-port`, `ready`, and `say`, which prints what our plugin
 * writes of the answer and ends at the first error.
 */
export const openClawGatewayClient = `import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { get, request } from 'node:http'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const [, , what, asked] = process.argv
const port = Number(process.env.${gatewayPortVariable})
const token = process.env.${gatewayTokenVariable}
const turns = dirname(fileURLToPath(import.meta.url)) + '/turns'

function freePort(candidate) {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(candidate, '127.0.0.1', () => {
      const found = server.address().port
      server.close(() => resolve(found))
    })
  })
}

function isReady() {
  return new Promise((resolve) => {
    const asking = get({ host: '127.0.0.1', port, path: '/readyz', timeout: 5000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(false))
  })
}

function tell(record) {
  process.stdout.write(JSON.stringify(record) + '\\n')
}

// What went wrong; null where nothing did.
function post(session, message, signal) {
  const headers = {
    authorization: 'Bearer ' + token,
    'content-type': 'application/json',
    'x-openclaw-session-key': 'agent:main:' + session,
  }
  const body = { model: 'openclaw', stream: true, messages: [{ role: 'user', content: message }] }
  return new Promise((resolve) => {
    const ended = (error) => resolve('The chat gateway ended in the middle of it' + (error ? ': ' + error.message : '.'))
    const asking = request(
      { host: '127.0.0.1', port, path: '/v1/chat/completions', method: 'POST', headers, signal },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (piece) => (text = (text + piece).slice(-4096)))
        answer.on('error', ended)
        answer.on('end', () => {
          if (answer.statusCode !== 200) resolve(text || 'HTTP ' + answer.statusCode)
          else if (text.trimEnd().endsWith('data: [DONE]')) resolve(null)
          else ended()
        })
      },
    )
    asking.on('error', ended)
    asking.end(JSON.stringify(body))
  })
}

// Prints whole lines; true once one of them says that it ended badly.
function follower(path) {
  const file = openSync(path, 'r')
  const buffer = Buffer.alloc(65536)
  let rest = Buffer.alloc(0)
  return {
    read() {
      let isFailed = false
      for (let count; (count = readSync(file, buffer)) > 0; ) {
        rest = Buffer.concat([rest, buffer.subarray(0, count)])
        const end = rest.lastIndexOf(10) + 1
        const lines = rest.subarray(0, end).toString()
        rest = rest.subarray(end)
        process.stdout.write(lines)
        isFailed ||= lines.split('\\n').some((line) => line !== '' && JSON.parse(line).phase === 'error')
      }
      return isFailed
    },
    close: () => closeSync(file),
  }
}

async function say(session) {
  const message = readFileSync(0, 'utf8')
  for (const deadline = Date.now() + 120_000; !(await isReady()); await delay(500))
    if (Date.now() > deadline) return 'The chat gateway did not start within two minutes.'
  mkdirSync(turns, { recursive: true, mode: 0o700 })
  const path = turns + '/' + session
  closeSync(openSync(path, 'w', 0o600))
  process.on('SIGTERM', () => {
    rmSync(path, { force: true })
    process.exit(143)
  })
  const turn = follower(path)
  const hangUp = new AbortController()
  let outcome
  const posting = post(session, message, hangUp.signal).then((failed) => (outcome = { failed }))
  try {
    let hasFailed = false
    while (!outcome && !hasFailed) {
      hasFailed = turn.read()
      await Promise.race([posting, delay(50)])
    }
    hasFailed = turn.read() || hasFailed
    hangUp.abort()
    return hasFailed ? null : outcome.failed
  } finally {
    turn.close()
    rmSync(path, { force: true })
  }
}

if (what === 'free-port') console.log(await freePort(port).catch(() => freePort(0)))
else if (what === 'ready') process.exitCode = (await isReady()) ? 0 : 1
else if (what === 'say') {
  const session = asked ?? 'gateway-' + randomUUID()
  const failed = await say(session)
  if (failed !== null) tell({ type: 'lifecycle', phase: 'error', session, error: failed })
}
`
