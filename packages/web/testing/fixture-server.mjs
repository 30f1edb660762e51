// Answers the dashboard's API from samples, for looking at pages without a control plane.
//   node packages/web/testing/fixture-server.mjs [port] [empty]
// serves the built page as well; `npm run dev` with AGENT_MACHINES_URL pointing here uses it as its API.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { consoleScreen, credentials, machinesOf, runtimes, substrates, upstreams } from './fixture-data.mjs'
import { runEvents, runs } from './fixture-runs.mjs'

const port = Number(process.argv[2] ?? 3210)
const machines = process.argv[3] === 'empty' ? [] : machinesOf(Date.now())
const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const csp =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'"
const page = (items) => ({ items, nextCursor: null })

function answer(response, status, body) {
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
  })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

function problem(response, status, code, detail) {
  const hint = 'Look at the samples.'
  answer(response, status, {
    type: 'about:blank',
    title: detail,
    status,
    detail,
    code,
    hint,
    retry: 'after-fix',
    requestId: 'req_sample',
  })
}

async function stream(response, events, stays = true) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' })
  for (const { event, data, id, afterMs } of events) {
    if (afterMs) await pause(afterMs)
    response.write(`${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  if (!stays) response.end()
}

function bootstrapEvents(machine) {
  const phases = machine.bootstrap.phases.map((data) => ({ event: 'phase', data }))
  const logs = machine.bootstrap.phases
    .filter((phase) => phase.state !== 'pending')
    .map((phase) => ({
      event: 'log',
      data: { phase: phase.id, text: `${phase.label}: a line of its log\n` },
    }))
  const { state } = machine.bootstrap
  return [...phases, ...logs, ...(state === 'running' ? [] : [{ event: 'done', data: { state } }])]
}

function consoleAnswer(response, rest) {
  const opened = {
    session: 'agent',
    epoch: 'e1',
    cols: 100,
    rows: 34,
    tier: 'attach',
    driver: null,
    expected: 1,
  }
  if (rest === 'console') return answer(response, 200, { ...opened, transports: ['sse'] })
  if (rest !== 'console/stream') return answer(response, 200, { acked: 1, epoch: 'e1', cols: 100, rows: 34 })
  const data = Buffer.from(consoleScreen.replaceAll('\n', '\r\n')).toString('base64')
  const { cols, rows, epoch, session, tier } = opened
  return stream(response, [
    {
      event: 'started',
      data: { session, epoch, cols, rows, tier, driver: null, viewers: 1, resumed: false },
    },
    { event: 'snapshot', id: 'c1', data: { data, cols, rows, reason: 'attach' } },
  ])
}

function runAnswer(response, rest) {
  if (rest === 'runs') return answer(response, 200, page(runs))
  return rest.endsWith('/stream')
    ? stream(response, runEvents, false)
    : answer(
        response,
        202,
        runs.find(({ id }) => rest.includes(id)),
      )
}

function machineAnswer(request, response, id, rest) {
  const machine = machines.find((each) => each.id === id)
  if (!machine) return problem(response, 404, 'MACHINE_UNKNOWN', `No machine has the id ${id}.`)
  if (rest === 'bootstrap/stream') {
    return stream(response, bootstrapEvents(machine), machine.bootstrap.state === 'running')
  }
  if (rest?.startsWith('runs')) return runAnswer(response, rest)
  if (rest?.startsWith('console')) return consoleAnswer(response, rest)
  if (rest === 'exec/stream') {
    const data = { stream: 'stdout', data: Buffer.from('README.md  src\n').toString('base64') }
    return stream(
      response,
      [
        { event: 'started', data: {} },
        { event: 'output', data },
        { event: 'done', data: { exitCode: 0 } },
      ],
      false,
    )
  }
  if (request.method === 'DELETE') {
    machines.splice(machines.indexOf(machine), 1)
    return answer(response, 204)
  }
  if (rest === 'sleep') machine.state = 'asleep'
  if (rest === 'wake') machine.state = 'ready'
  return answer(response, rest ? 202 : 200, machine)
}

function api(request, response, path) {
  const [noun, id, ...rest] = path.split('/')
  if (noun === 'session') return answer(response, 200, { proof: 'sample-proof' })
  if (!request.headers['x-am-proof']) {
    return problem(response, 401, 'SIGN_IN_REQUIRED', 'You are not signed in.')
  }
  if (noun === 'me') {
    return answer(response, 200, {
      principal: 'session',
      id: 's1',
      workspace: 'w1',
      instance: 'k3f9',
      version: '0.1.0',
    })
  }
  if (noun === 'events') return stream(response, [{ event: 'idle', data: {} }])
  if (noun === 'gate') return problem(response, 503, 'SUBSTRATE_TRANSIENT', 'The samples have no gate.')
  if (noun === 'api-keys') return answer(response, 200, page([]))
  if (noun === 'machines' && id) return machineAnswer(request, response, id, rest.join('/') || undefined)
  const lists = { machines, runtimes, substrates, upstreams, credentials }
  if (lists[noun]) return answer(response, 200, page(lists[noun]))
  return problem(response, 404, 'ROUTE_UNKNOWN', 'There is nothing at this address.')
}

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname.startsWith('/api/v1/')) return void api(request, response, pathname.slice('/api/v1/'.length))
  const file = join(dist, normalize(pathname))
  const found = existsSync(file) && statSync(file).isFile() ? file : join(dist, 'index.html')
  response.writeHead(200, {
    'content-type': types[extname(found)] ?? 'application/octet-stream',
    'content-security-policy': csp,
  })
  createReadStream(found).pipe(response)
}).listen(port, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${port}\n`))
