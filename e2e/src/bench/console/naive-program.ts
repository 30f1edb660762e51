import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProviders } from '@agent-machines/providers'
import { restrictedTo } from '../../testing/tiered-substrates.ts'
import { size } from './echoing.ts'

// A rival design on a machine of the same substrate: each key is a command of its own that runs `tmux send-keys`,
// one after the other; `tail -f` of what tmux pipes into a file is passed on as server-sent events.
// Takes how far away the substrate is, in ms.

const data = mkdtempSync(join(tmpdir(), 'am-bench-'))
const local = createProviders({
  local: {
    dataDirectory: data,
    allowUnisolated: false,
    allowMount: false,
    installerEnvironment: {},
    log: () => undefined,
    now: Date.now,
    random: () => Math.random().toString(36).slice(2),
  },
}).get('local')
if (local === undefined) throw new Error('there is no local substrate')
const substrate = restrictedTo(local, 'local-stream', Number(process.argv[2] ?? 0))
const request = { machineId: 'naive', spec: {}, env: {} }
const { ref } = await substrate.provision(request)
const machine = { machineId: request.machineId, ref }
const begin = `tmux -u new-session -d -s am -x ${size.cols} -y ${size.rows} /bin/sh; : >out; tmux pipe-pane -t am 'exec cat >>out'`
await substrate.exec(machine, { script: begin, timeoutMs: 10_000 })

let typing: Promise<unknown> = Promise.resolve()
const server = createServer(async (message, answer) => {
  if (message.method === 'GET') {
    await follow(answer)
    return
  }
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  const hex = (Buffer.concat(chunks).toString('hex').match(/../g) ?? []).join(' ')
  typing = typing.then(() =>
    substrate.exec(machine, { script: `tmux send-keys -t am -H ${hex}`, timeoutMs: 10_000 }),
  )
  await typing
  answer.end()
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', async () => {
  await local.destroy(machine)
  rmSync(data, { recursive: true, force: true })
  process.exit(0)
})

async function follow(answer: ServerResponse): Promise<void> {
  answer.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  for await (const event of substrate.streamExec(machine, { script: 'exec tail -n +1 -f out' })) {
    if (event.kind === 'stdout')
      answer.write(`data: ${JSON.stringify(Buffer.from(event.bytes).toString('base64'))}\n\n`)
  }
}
