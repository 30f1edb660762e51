export interface SseMessage {
  /** `message` unless the stream named it. */
  readonly event: string
  readonly data: string
  /** The last id the stream has given up to and including this message; empty when there was none. */
  readonly lastEventId: string
}

/**
 * Turns decoded text, cut anywhere, into server-sent events.
 *
 * Lines end in CR, LF or CRLF, also when a CRLF is cut in two. An event without its empty line is never
 * given out, so a broken connection can't deliver half of one.
 */
export class SseParser {
  #line = ''
  #skipLineFeed = false
  #event = ''
  #data: string[] = []
  #lastEventId = ''
  #retryMs: number | null = null

  /** What the server last asked for as the pause before a reconnect. */
  get retryMs(): number | null {
    return this.#retryMs
  }

  push(text: string): SseMessage[] {
    const messages: SseMessage[] = []
    let start = 0
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      if (unit !== 10 && unit !== 13) {
        this.#skipLineFeed = false
        index = nextLineEnd(text, index) - 1
        continue
      }
      if (unit === 10 && this.#skipLineFeed) {
        this.#skipLineFeed = false
        start = index + 1
        continue
      }
      this.#skipLineFeed = unit === 13
      const message = this.#takeLine(this.#line + text.slice(start, index))
      this.#line = ''
      start = index + 1
      if (message) messages.push(message)
    }
    this.#line += text.slice(start)
    return messages
  }

  #takeLine(line: string): SseMessage | null {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) return null
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') this.#data.push(value)
    else if (field === 'event') this.#event = value
    else if (field === 'id' && !value.includes('\0')) this.#lastEventId = value
    else if (field === 'retry' && /^\d+$/.test(value)) this.#retryMs = Number(value)
    return null
  }

  #dispatch(): SseMessage | null {
    const event = this.#event || 'message'
    const data = this.#data
    this.#event = ''
    this.#data = []
    if (data.length === 0) return null
    return { event, data: data.join('\n'), lastEventId: this.#lastEventId }
  }
}

function nextLineEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === 10 || unit === 13) return index
  }
  return text.length
}
