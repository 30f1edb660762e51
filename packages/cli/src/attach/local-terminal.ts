import { spawnSync } from 'node:child_process'
import type { ReadStream, WriteStream } from 'node:tty'

/** The terminal in front of the person. */
export interface LocalTerminal {
  readonly cols: number
  readonly rows: number
  write(bytes: string | Uint8Array): void
  /** Takes every key as it is until `release`, which is safe to call twice. */
  capture(listener: { input(bytes: Uint8Array): void; resized(): void }): { release(): void }
}

export function createLocalTerminal(stdin: ReadStream, stdout: WriteStream): LocalTerminal {
  return {
    get cols() {
      return stdout.columns
    },
    get rows() {
      return stdout.rows
    },
    write: (bytes) => {
      stdout.write(bytes)
    },
    capture: ({ input, resized }) => {
      let held = true
      const release = () => {
        if (!held) return
        held = false
        stdin.off('data', input)
        stdout.off('resize', resized)
        process.off('exit', release)
        stdin.setRawMode(false)
        stdin.pause()
      }
      stdin.setRawMode(true)
      keepLineFeeds()
      stdin.on('data', input)
      stdin.resume()
      stdout.on('resize', resized)
      process.on('exit', release)
      return { release }
    },
  }
}

/**
 * Raw mode as Node sets it still turns LF into CR LF, which moves the cursor of programs that mean just down.
 * Leaving raw mode undoes it with everything else.
 */
function keepLineFeeds(): void {
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] })
}
