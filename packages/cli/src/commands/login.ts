import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printResult } from '../output/output.ts'

export async function login({ client, io }: CliContext, options: OutputOptions): Promise<void> {
  const link = await client.login({ signal: io.signal })
  await printResult(io, options, link, () => link.url)
}
