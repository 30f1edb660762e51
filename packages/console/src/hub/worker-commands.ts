import { quoteAll } from '@agent-machines/core'
import { workerProgram } from '../worker/console-worker-files.ts'

/** The script that runs the console's program on a machine. */
export function workerCommand(...words: readonly (string | number)[]): string {
  return `exec "$HOME"/${workerProgram} ${quoteAll(words.map(String))}`
}

/** Stores standard input as a file only its owner reads, complete or not at all. */
export function storePasteCommand(session: string, name: string): string {
  const path = pastePath(session, name)
  return `umask 077; cat >"$HOME"/${path}.part && mv "$HOME"/${path}.part "$HOME"/${path} && printf %s "$HOME"/${path}`
}

export function removePasteCommand(session: string, name: string): string {
  return `rm -f "$HOME"/${pastePath(session, name)}`
}

function pastePath(session: string, name: string): string {
  return quoteAll([`.agent-machines/console/${session}/paste.${name}`])
}
