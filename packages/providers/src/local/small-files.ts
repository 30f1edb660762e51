import { readFileSync, readlinkSync, statSync } from 'node:fs'
import { undefinedIfAbsent } from './local-errors.ts'

// What every command asks for: files of /proc and /sys, and a machine's record. They are in memory, and handing them
// to a thread and back takes ten times as long as reading them.

/** Undefined where there is no such file, or no such process. */
export function readSmallFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return undefinedIfAbsent(error)
  }
}

/** Where a link points to; undefined where there is none, or no such process. */
export function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    return undefinedIfAbsent(error)
  }
}

/** False only where there is certainly nothing. */
export function isThere(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    undefinedIfAbsent(error)
    return false
  }
}
