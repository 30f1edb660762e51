import { type BootstrapPlan, type PlannedFile, quote } from '@agent-machines/core'
import { fingerprintOf } from './fingerprint.ts'
import { phasePrologue, processIdentity, runnerScript } from './runner-script.ts'

const folder = '.agent-machines/bootstrap'

/** Printed by the start command: a runner was started, or one was at work already and nothing was changed. */
export type StartAnswer = 'started' | 'running'

/**
 * The command that puts `plan` on the machine and starts its runner, which outlives the command.
 *
 * Everything, secrets included, travels through standard input. Nothing is executed before the input is
 * complete, and nothing is written while another runner is at work. Prints a {@link StartAnswer}.
 */
export function startBootstrapCommand(plan: BootstrapPlan): {
  readonly script: string
  readonly stdin: Uint8Array
} {
  return { script: 'exec /bin/sh -s', stdin: new TextEncoder().encode(renderPayload(plan)) }
}

function renderPayload(plan: BootstrapPlan): string {
  const files = [...plan.files, ...bootstrapFiles(plan)]
  return `main() {
umask 077
cd "$HOME" || fail 'the home of the machine is not there'
for tool in setsid flock; do
  command -v "$tool" >/dev/null || fail "$tool is not installed on the machine (package util-linux)"
done
mkdir -p ${foldersOf(files).map(quote).join(' ')} || fail 'cannot make folders in the home'
chmod 700 .agent-machines || fail 'cannot protect ~/.agent-machines'
exec 9>>${folder}/lock || fail 'cannot write to the home'
flock -n 9 || { has_ended && flock -w 2 9; } || { echo running; exit 0; }
${files.map(writeFile).join('\n')}
chmod 700 ${executables(files)} || fail 'cannot make programs executable'
setsid /bin/sh ${folder}/run </dev/null >>${folder}/runner.log 2>&1 &
started_of $! && printf '%s %s\\n' $! "$started" >${folder}/runner
echo started
}
${processIdentity}
# A runner that has said so is about to let go of the lock; it takes in no other plan any more.
has_ended() {
  case $(tail -n 1 ${folder}/state 2>/dev/null) in *'"event":"end"'*) ;; *) false ;; esac
}
fail() {
  echo "am-bootstrap: $1" >&2
  exit 1
}
put() {
  if [ -e "$1" ]; then
    printf %s "$2" >"$1.new" && mv -f "$1.new" "$1" && return
  else
    printf %s "$2" >"$1" && return
  fi
  fail "cannot write $1"
}
main
`
}

/** What the runner itself needs beside the files of the plan. */
function bootstrapFiles(plan: BootstrapPlan): PlannedFile[] {
  const lines = plan.phases.map((phase) => {
    const fingerprint = fingerprintOf(plan, phase)
    return `${phase.id} ${phase.group} ${phase.timeoutS} ${phase.attempts} ${fingerprint}\n`
  })
  const scripts = plan.phases.map((phase) => ({
    path: `${folder}/phases/${phase.id}`,
    content: `${phasePrologue}${phase.script}\n`,
    mode: 0o600,
  }))
  return [
    ...scripts,
    { path: `${folder}/plan`, content: lines.join(''), mode: 0o600 },
    { path: `${folder}/run`, content: runnerScript, mode: 0o700 },
  ]
}

function writeFile(file: PlannedFile): string {
  return `put ${quote(file.path)} ${quote(file.content)}`
}

function foldersOf(files: readonly PlannedFile[]): string[] {
  const folders = files.map((file) => file.path.slice(0, Math.max(0, file.path.lastIndexOf('/'))))
  return [...new Set([...folders.filter((path) => path !== ''), `${folder}/done`])]
}

function executables(files: readonly PlannedFile[]): string {
  const paths = files.filter((file) => (file.mode & 0o100) !== 0).map((file) => quote(file.path))
  return paths.join(' ')
}
