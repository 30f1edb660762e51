import type { ConsoleEvent } from '@agent-machines/core'
import type { ConsoleHub } from '../hub/console-hub.ts'

/** An agent that prints about 2,000 numbered lines a second. */
export const printNumbers = `exec awk 'BEGIN { for (n = 1; ; n++) { printf "N%07d\\n", n; if (n % 20 == 0) { fflush(); system("sleep 0.007") } } }'`

export interface Continuity {
  readonly lines: number
  readonly lost: number
  readonly repeated: number
}

/** Opens a console whose agent prints; every join from here on sees more than a screen of it. */
export async function openPrinting(hub: ConsoleHub): Promise<void> {
  await hub.open({ cols: 80, rows: 24, launch: true })
  let lines = 0
  while (lines <= 24) lines = (await joinOnce(hub, 0)).lines
}

/** Joins the console, reads a few answers and says what was missing or double. */
export async function joinOnce(hub: ConsoleHub, join: number): Promise<Continuity> {
  const { text } = await take(hub.stream({ signal: AbortSignal.timeout(10_000) }), 3 + (join % 5))
  return continuityOf(text)
}

/** Reads until there were so many outputs, and so many events of any kind. */
export async function take(stream: AsyncIterable<ConsoleEvent>, outputs: number, all = 0) {
  const events: ConsoleEvent[] = []
  let text = ''
  for await (const event of stream) {
    events.push(event)
    if (event.event === 'snapshot' || event.event === 'output')
      text += Buffer.from(event.data.data, 'base64').toString()
    if (events.length >= all && events.filter(({ event }) => event === 'output').length >= outputs) break
  }
  return { events, text }
}

/** The first and the last number may be cut. */
export function continuityOf(text: string): Continuity {
  const numbers = [...text.matchAll(/N(\d{7})/g)].map((match) => Number(match[1]))
  const steps = numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0))
  return {
    lines: numbers.length,
    lost: steps.reduce((sum, step) => sum + Math.max(0, step - 1), 0),
    repeated: steps.filter((step) => step < 1).length,
  }
}
