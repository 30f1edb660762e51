import { AgentMachinesError, type ConsoleEvent } from '@agent-machines/core'

/** An event stream; one that holds back passes nothing on before enough has come together. */
export class ModelStream {
  atLeast: number
  #events: ConsoleEvent[] = []
  #failed = false
  #wake: () => void = () => {}

  constructor(atLeast: number) {
    this.atLeast = atLeast
  }

  push(event: ConsoleEvent): void {
    this.#events.push(event)
    this.#wake()
  }

  fail(): void {
    this.#failed = true
    this.#wake()
  }

  async *read(): AsyncGenerator<ConsoleEvent, void, undefined> {
    for (;;) {
      if (this.#failed) throw new AgentMachinesError('CONTROL_PLANE_UNREACHABLE')
      if (this.#events.length >= Math.max(this.atLeast, 1)) yield* this.#events.splice(0)
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}
