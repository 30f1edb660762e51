import { readFileSync, readlinkSync } from 'node:fs'
import { undefinedIfAbsent } from './local-errors.ts'

// The kernel answers from memory: handing these to a thread and back takes ten times as long as reading them, and
// every command asks for several.

/** A file below /proc or /sys; undefined where there is none, or no such process. */
export function readKernelFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return undefinedIfAbsent(error)
  }
}

/** Where a link below /proc points to; undefined where there is none, or no such process. */
export function readKernelLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    return undefinedIfAbsent(error)
  }
}
