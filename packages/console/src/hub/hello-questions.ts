import { AgentMachinesError } from '@agent-machines/core'
import { type DriverRequest, requestLine } from '../protocol/driver-lines.ts'
import type { Hello } from '../protocol/messages.ts'
import { helloLine } from '../protocol/worker-lines.ts'
import type { ChangeSignal } from './change-signal.ts'
import type { Timers } from './timers.ts'

const answerMs = 15_000
const askAgainMs = 1000
/** So many questions without an answer, and the worker is asked to look at its courier. */
const doubtAfter = 2

interface Host {
  readonly timers: Timers
  readonly changes: ChangeSignal
  readonly randomId: () => string
  isReady(): boolean
  ready(): Promise<void>
  write(lines: readonly string[]): boolean
  /** The courier may be alive and deaf. */
  doubt(): void
}

/**
 * Questions whose answer stands in the log itself: what was in the log before it has been read by then.
 */
export class HelloQuestions {
  readonly #host: Host
  readonly #open = new Map<string, (hello: Hello) => void>()
  #once: string | null = null

  constructor(host: Host) {
    this.#host = host
  }

  get areOpen(): boolean {
    return this.#open.size > 0
  }

  /** Asks once, and does `then` with the answer if it comes. */
  askOnce(then: (hello: Hello) => void): void {
    const nonce = this.#host.randomId()
    this.#once = nonce
    this.#open.set(nonce, then)
    this.#host.write([helloLine(nonce)])
  }

  /**
   * Asks until there is an answer; with a hash also for that client's last sequence number.
   *
   * `requests` go before the question each time, since what was sent before may be lost with the tmux server that took
   * it: the answer comes from one that did them, once.
   */
  async ask(hash?: string, requests: readonly DriverRequest[] = []): Promise<Hello> {
    const { timers, changes } = this.#host
    const deadline = timers.now() + answerMs
    let answer: Hello | null = null
    const nonce = this.#host.randomId()
    const first = requests.length === 0 ? [] : [requestLine(nonce, requests)]
    this.#open.set(nonce, (hello) => {
      answer = hello
    })
    try {
      for (let asked = 0; timers.now() < deadline; asked += 1) {
        await this.#host.ready()
        if (asked === doubtAfter) this.#host.doubt()
        this.#host.write([...first, helloLine(nonce, hash)])
        const again = timers.now() + askAgainMs
        while (answer === null && timers.now() < again && this.#host.isReady()) {
          await changes.next(timers, again - timers.now())
        }
        if (answer !== null) return answer
      }
    } finally {
      this.#open.delete(nonce)
    }
    throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The console did not answer in time.')
  }

  /** What was asked once has no answer any more where the way it went has ended. */
  forgetOnce(): void {
    if (this.#once !== null) this.#open.delete(this.#once)
    this.#once = null
  }

  onAnswer(hello: Hello): void {
    const take = this.#open.get(hello.nonce)
    this.#open.delete(hello.nonce)
    take?.(hello)
  }
}
