import { extname } from 'node:path'
import type { MachineAccess } from '../fleet/machine-access.ts'
import { refOf } from '../fleet/machine-access.ts'

export interface Upload {
  /** Absolute, on the machine. */
  readonly path: string
  readonly bytes: number
}

const folder = '.agent-machines/uploads'
/** Each holds its file in memory while it is on its way. */
const atOnce = 3

/** Files from a browser, put where the agent can read them. */
export class UploadService {
  readonly #access: MachineAccess
  readonly #randomId: () => string
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(access: MachineAccess, randomId: () => string) {
    this.#access = access
    this.#randomId = randomId
  }

  /** Writes what `read` gives under a name like `name` that nothing had before. */
  async store(machineId: string, name: string, read: () => Promise<Uint8Array>): Promise<Upload> {
    await this.#access.execOf(machineId)
    const row = await this.#access.get(machineId)
    const path = `${row.home}/${folder}/${uploadName(name, this.#randomId())}`
    return this.#inTurn(async () => {
      const bytes = await read()
      await this.#access.providerOf(row).writeFile(refOf(row), path, bytes, { mode: 0o600 })
      return { path, bytes: bytes.length }
    })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running += 1
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }
}

/** One path segment of letters, digits, `.`, `_` and `-`, with `id` before the ending. */
export function uploadName(name: string, id: string): string {
  const last = name.normalize('NFC').split(/[\\/]/).at(-1) ?? ''
  const safe = last.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '')
  const ending = extname(safe).slice(0, 12)
  const stem = [...safe.slice(0, safe.length - extname(safe).length)].slice(0, 40).join('')
  return `${stem || 'file'}-${id}${ending}`
}
