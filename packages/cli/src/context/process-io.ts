import { createLocalTerminal } from '../attach/local-terminal.ts'
import { OutputClosed, unlessClosed } from '../output/output-closed.ts'
import type { CliIo } from './cli-io.ts'

/** The real terminal, pipes and signals. */
export function createProcessIo(signal: AbortSignal): CliIo {
  const { stdin, stdout, stderr } = process
  // Whoever writes is told; without a listener the process would end with a trace.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined)
  return {
    stdout: (bytes) => writeTo(stdout, bytes),
    stderr: (bytes) => writeTo(stderr, bytes).catch(unlessClosed),
    stdin: stdin.isTTY ? null : stdin,
    isInteractive: stderr.isTTY === true,
    signal,
    askSecret: stdin.isTTY ? askSecret : null,
    terminal: stdin.isTTY && stdout.isTTY ? createLocalTerminal(stdin, stdout) : null,
  }
}

/** Resolves when the stream can take more; rejects with `OutputClosed` when its reader went away. */
function writeTo(stream: NodeJS.WriteStream, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (!error) resolve()
      else reject('code' in error && error.code === 'EPIPE' ? new OutputClosed() : error)
    })
  })
}

async function askSecret(question: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts')
  const answer = await password({ message: question, output: process.stderr })
  if (isCancel(answer)) throw new DOMException('cancelled', 'AbortError')
  return answer
}
