import { type BootstrapStateEvent, bootstrapStateEventSchema } from '@agent-machines/core'

/** Reads the runner's state file as its bytes come; a line that a full disk or a kill tore apart is passed over. */
export class StateReader {
  readonly #decoder = new TextDecoder()
  #rest = ''

  read(bytes: Uint8Array): BootstrapStateEvent[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => {
      const event = bootstrapStateEventSchema.safeParse(parseJson(line))
      return event.success ? [event.data] : []
    })
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // A torn line; its event is repeated or superseded by the next run.
    return null
  }
}
