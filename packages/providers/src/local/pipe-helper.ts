import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, fchmodSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'

const answerLimitMs = 2_000
const descriptors = [3, 4, 5, 6, 7, 8, 9]
/** For every line it reads: a new pipe on each descriptor, then a line back. */
const script = [
  'while read -r _; do',
  ...descriptors.map((descriptor) => `exec ${descriptor}<<E\n\nE`),
  'echo',
  'done',
].join('\n')

/**
 * A shell that makes pipes: Node cannot make one, but every shell makes one for a short here-document.
 *
 * It ends with this process, whose waiting it does not prolong.
 */
export class PipeHelper {
  readonly #child: ChildProcess
  #ended = false

  constructor() {
    this.#child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'], env: {}, cwd: '/' })
    this.#child.once('error', () => this.#giveUp())
    this.#child.once('exit', () => this.#giveUp())
    this.#child.stdin?.on('error', () => undefined)
    this.#child.unref()
    for (const stream of this.#streams()) stream.unref()
  }

  /** Whether another helper is needed. */
  get ended(): boolean {
    return this.#ended
  }

  /** Descriptors that each are the only hold on one pipe; none where the shell makes none or hides them. */
  async makePipes(): Promise<number[]> {
    const { stdin, stdout, pid } = this.#child
    if (this.#ended || stdin === null || stdout === null) return []
    for (const stream of this.#streams()) stream.ref()
    const answer = nextAnswer(stdout)
    stdin.write('\n')
    const answered = await answer
    for (const stream of this.#streams()) stream.unref()
    const made = answered ? descriptors.flatMap((descriptor) => holdPipe(pid, descriptor)) : []
    if (made.length === 0) this.#giveUp()
    return made
  }

  #streams(): Socket[] {
    const { stdin, stdout } = this.#child
    return [stdin, stdout].filter((stream) => stream !== null) as unknown as Socket[]
  }

  #giveUp(): void {
    this.#ended = true
    this.#child.kill('SIGKILL')
  }
}

/** False when the stream closes instead, or says nothing for too long. */
function nextAnswer(stream: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(false), answerLimitMs)
    const answered = () => settle(true)
    const closed = () => settle(false)
    const settle = (value: boolean) => {
      clearTimeout(timer)
      stream.off('data', answered).off('close', closed)
      resolve(value)
    }
    stream.on('data', answered).on('close', closed)
  })
}

/** Takes over a pipe of the helper, emptied, for anybody who gets hold of one of its ends. */
function holdPipe(pid: number | undefined, descriptor: number): number[] {
  let held: number | undefined
  try {
    held = openSync(`/proc/${pid}/fd/${descriptor}`, constants.O_RDWR | constants.O_NONBLOCK)
    if (!fstatSync(held).isFIFO()) throw new Error('this shell keeps here-documents in files')
    fchmodSync(held, 0o666)
    readSync(held, Buffer.alloc(16))
    return [held]
  } catch {
    // No /proc, not ours to look into, or no pipe: commands get socket pairs.
    if (held !== undefined) closeSync(held)
    return []
  }
}
