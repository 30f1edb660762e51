import { AgentMachinesError, quote } from '@agent-machines/core'
import { toText } from '../protocol/bytes.ts'
import type { ConsoleExec } from '../tiers/wire.ts'
import { consoleWorkerFiles } from '../worker/console-worker-files.ts'

const noTmuxExitCode = 127

/** Puts the console's program where it is missing or another version; needs nothing there but sh and tmux. */
export async function installWorker(exec: ConsoleExec): Promise<void> {
  for (const { path, content, mode } of consoleWorkerFiles()) {
    const { exitCode, stderr } = await exec.exec({
      script: installScript(path, mode),
      stdin: new TextEncoder().encode(content),
      timeoutMs: 30_000,
    })
    if (exitCode === noTmuxExitCode) {
      throw new AgentMachinesError(
        'SUBSTRATE_INVALID',
        'The console needs tmux, and there is none on the host.',
      )
    }
    if (exitCode !== 0) {
      const said = toText(stderr).trim().slice(-300)
      throw new AgentMachinesError('SUBSTRATE_INVALID', `The console could not be installed: ${said}`)
    }
  }
}

/** A file that runs is never written to: the new one takes its name. */
function installScript(path: string, mode: number): string {
  return `command -v tmux >/dev/null || exit ${noTmuxExitCode}
umask 077
file="$HOME"/${quote(path)}
mkdir -p "\${file%/*}" || exit
new=$(cat; echo .)
[ "$(cat "$file" 2>/dev/null; echo .)" != "$new" ] || exit 0
printf %s "\${new%.}" >"$file.$$" && chmod ${mode.toString(8)} "$file.$$" && mv "$file.$$" "$file"`
}
