import { Agent, request } from 'node:http'
import { SseParser } from '@agent-machines/client'
import { type Echoing, runCat } from './echoing.ts'
import { startRival } from './rival.ts'

/** A command per key, and `tail -f` as an event stream. */
export async function openNaiveRival(roundTripMs = 0): Promise<Echoing> {
  const rival = await startRival('naive-program.ts', [String(roundTripMs)])
  const agent = new Agent({ keepAlive: true, maxSockets: 1024 })
  let listener = (_bytes: Uint8Array) => {}
  const parser = new SseParser()
  const stream = request(rival.url, { agent }, (response) =>
    response.setEncoding('utf8').on('data', (chunk: string) => {
      for (const { data } of parser.push(chunk)) listener(Buffer.from(JSON.parse(data) as string, 'base64'))
    }),
  )
  stream.on('error', () => undefined).end()
  const echoing: Echoing = {
    type: (text) => {
      const sent = request(rival.url, { agent, method: 'POST' }, (response) => response.resume())
      sent.on('error', () => undefined)
      sent.setNoDelay(true)
      sent.end(text)
    },
    onOutput: (next) => {
      listener = next
    },
    close: async () => {
      stream.destroy()
      agent.destroy()
      await rival.stop()
    },
  }
  await runCat(echoing)
  return echoing
}
