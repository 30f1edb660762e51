import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { PipeHelper } from './pipe-helper.ts'

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants
const refillBelow = 6

/** The streams of one command: our ends, and the descriptors that become its own. */
export interface CommandPipes {
  readonly stdin: Socket | null
  readonly stdout: Socket
  readonly stderr: Socket
  readonly theirs: readonly [number | 'ignore', number, number]
}

interface Pipe {
  readonly ours: Socket
  readonly theirs: number
}

/**
 * Real pipes for commands, made ahead; none is used twice.
 *
 * The socket pairs that `spawn` makes cannot be opened by name: `echo >/dev/stderr` on one fails with ENXIO.
 */
export class PipePool {
  /** Descriptors, each the only hold on one pipe. */
  readonly #ready: number[] = []
  #helper: PipeHelper | undefined
  #everMade = false
  #impossible = false
  /** How many pipes there will be more. */
  #making: Promise<number> | undefined

  /** Null where no pipes can be made. */
  async take(stdin: 'none' | 'open'): Promise<CommandPipes | null> {
    const count = stdin === 'open' ? 3 : 2
    for (let failures = 0; this.#ready.length < count; ) {
      if (this.#impossible) return null
      if ((await this.#refill()) > 0) continue
      failures += 1
      // Once may be a helper that was just killed.
      if (failures < 2) continue
      this.#impossible = !this.#everMade
      return null
    }
    const stdout = this.#open('output')
    const stderr = this.#open('output')
    const input = stdin === 'open' ? this.#open('input') : null
    if (this.#ready.length < refillBelow) void this.#refill()
    return {
      stdin: input?.ours ?? null,
      stdout: stdout.ours,
      stderr: stderr.ours,
      theirs: [input?.theirs ?? 'ignore', stdout.theirs, stderr.theirs],
    }
  }

  #open(kind: 'input' | 'output'): Pipe {
    const held = this.#ready.shift() ?? -1
    const path = `/proc/self/fd/${held}`
    const reads = kind === 'output'
    try {
      const ours = openSync(path, (reads ? O_RDONLY : O_WRONLY) | O_NONBLOCK)
      const theirs = openSync(path, reads ? O_WRONLY : O_RDONLY)
      return { ours: new Socket({ fd: ours, readable: reads, writable: !reads }), theirs }
    } finally {
      closeSync(held)
    }
  }

  #refill(): Promise<number> {
    if (this.#helper === undefined || this.#helper.ended) this.#helper = new PipeHelper()
    this.#making ??= this.#helper
      .makePipes()
      .then((made) => {
        this.#ready.push(...made)
        if (made.length > 0) this.#everMade = true
        return made.length
      })
      .finally(() => {
        this.#making = undefined
      })
    return this.#making
  }
}

/** Gives the command's ends of the pipes back once it has them. */
export function closeTheirs({ theirs }: CommandPipes): void {
  for (const descriptor of theirs) if (descriptor !== 'ignore') closeSync(descriptor)
}

/** Gives up pipes that no command got. */
export function discard(pipes: CommandPipes): void {
  closeTheirs(pipes)
  for (const stream of [pipes.stdin, pipes.stdout, pipes.stderr]) stream?.destroy()
}
