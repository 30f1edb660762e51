import { type ExecCommand, type PlannedFile, quote, quoteAll } from '@agent-machines/core'
import { processIdentity } from '../bootstrap/runner-script.ts'
import type { HeadlessCommand, RunExit } from '../recipe/headless.ts'
import { agentEnvironmentPath } from '../recipe/paths.ts'
import { askToEnd, endMarked, runFolder, runMark, runScript } from './run-script.ts'

/** Exit code of a command about a run of which the machine knows nothing. */
export const noSuchRun = 11

/** How much of standard error is kept for the reason of a failure. */
const stderrBytes = 8192

export interface RunOnMachine {
  /** Of a-z and 0-9. */
  readonly id: string
  readonly task: string
  readonly timeoutMs: number
  readonly workDirectory: string
  readonly headless: HeadlessCommand
}

/** The command that starts a run, once: a repeated one changes nothing. The run outlives it. */
export function startRunCommand(run: RunOnMachine): Pick<ExecCommand, 'script' | 'stdin'> {
  return { script: 'exec /bin/sh -s', stdin: new TextEncoder().encode(startScript(run)) }
}

function startScript(run: RunOnMachine): string {
  const folder = runFolder(run.id)
  return `main() {
umask 077
for tool in setsid flock; do
  command -v "$tool" >/dev/null || fail "$tool is not installed on the machine (package util-linux)"
done
mkdir -p "$HOME/${folder}" && cd "$HOME/${folder}" || fail 'cannot make folders in the home'
exec 9>>lock || fail 'cannot write to the home'
flock -n 9 || exit 0
[ -e runner ] && exit 0
${filesOf(run).map(writeFile).join('\n')}
setsid /bin/sh ./run </dev/null >/dev/null 2>&1 &
started_of $! && printf '%s %s\\n' $! "$started" >runner.new && mv runner.new runner
}
${processIdentity}
fail() {
  echo "$1" >&2
  exit 1
}
main
`
}

function filesOf(run: RunOnMachine): PlannedFile[] {
  return [
    { path: 'task', content: run.task, mode: 0o600 },
    { path: 'command', content: commandScript(run), mode: 0o600 },
    { path: 'run', content: runScript(run.id, run.timeoutMs), mode: 0o600 },
  ]
}

function writeFile({ path, content }: PlannedFile): string {
  return `printf %s ${quote(content)} >${path} || fail 'cannot write to the home'`
}

function commandScript({ id, workDirectory, headless }: RunOnMachine): string {
  const variables = Object.entries({ ...headless.environment, [runMark]: id })
  return `set -a
. "$HOME/${agentEnvironmentPath}" || exit 1
${variables.map(([name, value]) => `${name}=${quote(value)}`).join('\n')}
set +a
cd ${quote(workDirectory)} || exit 1
${headless.preface ?? ':'}
exec ${quoteAll(headless.command)}
`
}

/** The command that prints what the run printed after `offsetBytes`, until it is over. */
export function followRunCommand(id: string, offsetBytes: number): { readonly script: string } {
  const skip =
    offsetBytes > 0 ? `dd bs=1 count=0 skip=${Math.trunc(offsetBytes)} <&3 2>/dev/null || exit 1\n` : ''
  return {
    script: `cd "$HOME/${runFolder(id)}" 2>/dev/null || exit ${noSuchRun}
${processIdentity}
: >>out
exec 3<out
${skip}tick=0
while :; do
  is_alive runner && going=yes || going=no
  cat <&3
  [ "$going" = yes ] || break
  tick=$((tick + 1))
  if [ "$tick" -lt 50 ]; then sleep 0.05; else sleep 0.2; fi
done`,
  }
}

/** The command that tells how a run ended; {@link parseRunExit} reads what it prints. */
export function exitOfRunCommand(id: string): { readonly script: string } {
  return {
    script: `cd "$HOME/${runFolder(id)}" 2>/dev/null || exit ${noSuchRun}
cat exit 2>/dev/null || echo '- lost'
tail -c ${stderrBytes} err 2>/dev/null || :`,
  }
}

export function parseRunExit(stdout: string): RunExit {
  const [, code, reason, stderr = ''] = /^(\d+|-) ([a-z-]+)\n?([\s\S]*)$/.exec(stdout) ?? []
  const exitCode = code === undefined || code === '-' ? null : Number(code)
  switch (reason) {
    case 'ended':
    case 'given-up':
    case 'cancelled':
    case 'timed-out':
      return { exitCode, reason, stderr }
    default:
      return { exitCode, reason: 'lost', stderr }
  }
}

/** The command that ends a run's processes; harmless when it is over, and where it never was. */
export function endRunCommand(id: string, reason: 'cancelled' | 'given-up'): { readonly script: string } {
  return {
    script: `cd "$HOME/${runFolder(id)}" 2>/dev/null || exit 0
${processIdentity}
[ ! -e exit ] || exit 0
[ -e stop ] || echo ${reason} >stop
is_alive agent && ${askToEnd('pid')}
is_alive runner && exit 0
${endMarked(runMark, id)}`,
  }
}

/** The command that deletes what the machine holds of a run that is over. */
export function forgetRunCommand(id: string): { readonly script: string } {
  return { script: `rm -rf "$HOME/${runFolder(id)}"` }
}
