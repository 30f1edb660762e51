import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { ifPresentNow } from './local-errors.ts'

// What every command asks for: files of /proc and /sys, and a machine's record. They are in memory, and handing them
// to a thread and back takes ten times as long as reading them.

/** Undefined where there is no such file, or no such process. */
export function readSmallFile(path: string): string | undefined {
  return ifPresentNow(() => readFileSync(path, 'utf8'))
}

/** Where a link points to; undefined where there is none, or no such process. */
export function readLink(path: string): string | undefined {
  return ifPresentNow(() => readlinkSync(path))
}

/** False only where there is certainly nothing. */
export function isThere(path: string): boolean {
  return ifPresentNow(() => statSync(path)) !== undefined
}

/** Of all processes of this computer. */
export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}
