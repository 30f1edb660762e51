import { CommanderError } from 'commander'
import { createContext } from './context/cli-context.ts'
import type { CliIo } from './context/cli-io.ts'
import type { CliEnvironment } from './environment.ts'
import { reportError } from './output/error-report.ts'
import { OutputClosed } from './output/output-closed.ts'
import { type CommandExtension, createProgram } from './program.ts'

/** Runs one command line and gives back its exit code; never rejects. */
export async function main(
  args: readonly string[],
  io: CliIo,
  environment: CliEnvironment,
  extensions: readonly CommandExtension[] = [],
): Promise<number> {
  let exitCode = 0
  const setExitCode = (code: number) => {
    exitCode = code
  }
  const written: Promise<void>[] = []
  const program = createProgram(createContext(io, environment), setExitCode, extensions)
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((each) => each.commands),
  ]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => written.push(io.stdout(text)),
      writeErr: (text) => written.push(io.stderr(text)),
    })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    return await failed(error, io, args)
  } finally {
    await Promise.allSettled(written)
  }
}

async function failed(error: unknown, io: CliIo, args: readonly string[]): Promise<number> {
  if (error instanceof OutputClosed) return 0
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (io.signal.aborted) return signalExitCode(io.signal.reason)
  if (error instanceof DOMException && error.name === 'AbortError') return 130
  const ownArgs = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  const report = reportError(error, ownArgs.includes('--json'))
  await io.stderr(`${report.text}\n`)
  return report.exitCode
}

/** 128 plus the signal's number, as a shell would say. */
function signalExitCode(reason: unknown): number {
  return reason === 'SIGTERM' ? 143 : reason === 'SIGHUP' ? 129 : 130
}
