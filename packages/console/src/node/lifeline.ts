import { quote, quoteAll } from '@agent-machines/core'

/**
 * What runs a command on the other side of a pipe and ends it with the pipe.
 *
 * Standard input carries frames, a line with a length and then so many bytes: first the script, then the
 * command's own input; a line `end` closes that. When the pipe itself ends, whoever sent the command is gone
 * and its process group is killed. `dd` reads exactly what it is told, where `head` may read ahead.
 */
const keeper = `
frame() { dd bs="$1" count=1 iflag=fullblock <&3 2>/dev/null; }
feed() {
  sh -c 'echo "$PPID"'
  while read -r size <&3; do
    if [ "$size" = end ]; then exec >/dev/null; else frame "$size"; fi
  done
  kill -s KILL -- "-$$"
}
read -r size <&3 || exit
script=$(frame "$size")
feed | {
  read -r feeder
  (exec 3<&-; eval "$script")
  code=$?
  kill "$feeder"
  exit "$code"
} 2>&4 4>&-
`

/** Said on standard error once the other side is reached; what stands before it is the way's own talk. */
export const reachedMark = 'am:reached\n'

/** The words to run on the other side; a process group of its own needs `setsid` in the foreground of a shell. */
export const lifelineWords: readonly string[] = [
  'sh',
  '-c',
  `exec 3<&0 4>&2; printf 'am:reached\\n' >&2; setsid sh -c ${quote(keeper)} 2>/dev/null; exit $?`,
]

/** The same as one line for a shell. */
export const lifelineLine = quoteAll(lifelineWords)

const frameBytes = 256 * 1024

export function* frames(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += frameBytes) {
    const part = bytes.subarray(start, start + frameBytes)
    yield new TextEncoder().encode(`${part.length}\n`)
    yield part
  }
}

/** A script that stands in one frame, because the first one is all that is evaluated. */
export function scriptFrame(script: string): Uint8Array[] {
  const bytes = new TextEncoder().encode(script)
  return [new TextEncoder().encode(`${bytes.length}\n`), bytes]
}

export const endFrame = new TextEncoder().encode('end\n')
