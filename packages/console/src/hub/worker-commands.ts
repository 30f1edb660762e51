import { quoteAll } from '@agent-machines/core'
import { workerProgram } from '../worker/console-worker-files.ts'

/** The script that runs the console's program on a machine. */
export function workerCommand(...words: readonly (string | number)[]): string {
  return `exec "$HOME"/${workerProgram} ${quoteAll(words.map(String))}`
}

/**
 * Hands the lines of standard input to the courier, each in one write, as the console's program would; but a key
 * does not wait for a shell to read that program.
 */
export function relayCommand(session: string): string {
  const folder = `"$HOME"/${quoteAll([`.agent-machines/console/${session}`])}`
  return `read -r pid id born <${folder}/courier && in=${folder}/$id.in && [ -p "$in" ] || exit 1
while IFS= read -r line; do printf '%s\n' "$line"; done 1<>"$in"`
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
