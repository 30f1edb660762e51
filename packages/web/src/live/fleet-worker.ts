import { clientWithProof, followFleet } from './follow-fleet.ts'
import type { LiveMessage, TabMessage } from './live-message.ts'

/** Reads the one stream of this browser and shares it with every tab of this origin. */
const ports = new Set<MessagePort>()
let following: { proof: string; stop: AbortController } | null = null

function tellAll(message: LiveMessage): void {
  for (const port of ports) port.postMessage(message)
}

function followWith(proof: string): void {
  if (following?.proof === proof) return
  following?.stop.abort()
  const stop = new AbortController()
  following = { proof, stop }
  const forget = () => {
    if (following?.stop === stop) following = null
  }
  followFleet(
    clientWithProof(() => proof),
    tellAll,
    stop.signal,
  ).then(forget, forget)
}

function leave(port: MessagePort): void {
  ports.delete(port)
  if (ports.size > 0) return
  following?.stop.abort()
  following = null
}

self.addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]
  if (!port) return
  ports.add(port)
  port.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.kind === 'leave') leave(port)
    else followWith(data.proof)
  }
})
