import { AgentMachinesError, type Exec } from '@agent-machines/core'
import { toText } from '../protocol/bytes.ts'
import { removePasteCommand, storePasteCommand } from './worker-commands.ts'

const timeoutMs = 30_000

/** Puts bytes on the worker for tmux to load, hands their path to `use`, and removes them again. */
export async function withPasteFile<T>(
  exec: Pick<Exec, 'exec'>,
  target: { readonly session: string; readonly name: string },
  bytes: Uint8Array,
  use: (path: string) => Promise<T>,
  onLeft: (error: unknown) => void,
): Promise<T> {
  const script = storePasteCommand(target.session, target.name)
  const stored = await exec.exec({ script, stdin: bytes, timeoutMs })
  if (stored.exitCode !== 0)
    throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The paste could not be stored.')
  try {
    return await use(toText(stored.stdout))
  } finally {
    exec.exec({ script: removePasteCommand(target.session, target.name), timeoutMs }).catch(onLeft)
  }
}
