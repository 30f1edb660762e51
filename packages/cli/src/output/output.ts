import type { CliIo } from '../context/cli-io.ts'

export interface OutputOptions {
  readonly json?: boolean | undefined
}

/** Prints a result, as JSON when that was asked for; `text` may be empty where there is nothing to say. */
export async function printResult(
  io: Pick<CliIo, 'stdout'>,
  options: OutputOptions,
  value: unknown,
  text: () => string,
): Promise<void> {
  const printed = options.json ? JSON.stringify(value, null, 2) : text()
  if (printed !== '') await io.stdout(`${printed}\n`)
}

/** Tells the person at the terminal something; never part of the result. */
export async function printNote(io: Pick<CliIo, 'stderr'>, text: string): Promise<void> {
  await io.stderr(`${text}\n`)
}
