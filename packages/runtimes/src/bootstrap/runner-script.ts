import { neverKept } from './fingerprint.ts'

/**
 * Tells processes apart although pids are used again: a process is its pid and the tick it was started at.
 *
 * `started_of PID` sets `started`, and fails when there is no such process or it is a zombie.
 */
export const processIdentity = `started_of() {
  started=
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  set -- \${line##*) }
  case $1 in Z | X) return 1 ;; esac
  shift 19
  started=$1
}
is_alive() {
  [ -r "$1" ] || return 1
  read -r pid since <"$1" || return 1
  started_of "$pid" && [ "$started" = "$since" ]
}`

/** Put before the script of every phase, so that a later runner finds what an ended one left running. */
export const phasePrologue = `${processIdentity}
started_of $$ && printf '%s %s\\n' "$$" "$started" >"$HOME/.agent-machines/bootstrap/phase"
`

/** Exit code of a phase that another attempt cannot help. */
export const permanentFailure = 78

/**
 * The program that runs the phases of \`plan\` on the machine.
 *
 * Its starter holds the lock on descriptor 9 and hands it over; nothing that outlives the runner inherits it.
 * State and log are only ever appended to. A phase counts as done when \`done/<id>\` holds its fingerprint.
 * Time limits count ticks of one second, so a machine frozen for an hour does not fail its phase.
 */
export const runnerScript = `#!/bin/sh
umask 077
dir=$HOME/.agent-machines/bootstrap
cd "$dir" || exit 70
${processIdentity}
case $(date +%3N) in
  [0-9][0-9][0-9]) clock=+%Y-%m-%dT%H:%M:%S.%3NZ ;;
  *) clock=+%Y-%m-%dT%H:%M:%SZ ;;
esac
append() {
  printf '%s\\n' "$1" 2>/dev/null >>state && return
  rm -f reserve
  printf '\\n%s\\n' "$1" >>state || exit 74
}
phase_is() {
  append "{\\"event\\":\\"phase\\",\\"id\\":\\"$id\\",\\"state\\":\\"$1\\",\\"attempt\\":$attempt,\\"run\\":$run,\\"at\\":\\"$(date -u "$clock")\\"$2}"
}
mark() {
  printf '\\n\\036%s %s %s %s\\n' "$id" "$attempt" "$run" "$1" 2>/dev/null >>log
}
run_phase() {
  (cd "$HOME" && exec setsid /bin/sh "$dir/phases/$id") </dev/null >>log 2>&1 3<&- 9>&- &
  phase=$!
  (
    tick=0
    while [ "$tick" -lt "$limit" ]; do
      sleep 1
      kill -0 "$phase" || exit 0
      tick=$((tick + 1))
    done
    printf '%s %s\\n' "$id" "$attempt" >expired
    kill -s TERM -- "-$phase"
    sleep 2
    kill -s KILL -- "-$phase"
  ) </dev/null >/dev/null 2>&1 3<&- 9>&- &
  watchdog=$!
  wait "$phase"
  code=$?
  kill "$watchdog" 2>/dev/null
  expired=false
  if [ -e expired ]; then
    expired=true
    rm -f expired
  fi
  [ "$code" -eq 0 ] || kill -s KILL -- "-$phase" 2>/dev/null
  [ "$code" -eq 0 ]
}
attempt_phase() {
  attempt=1
  delay=1
  while :; do
    phase_is running
    mark begin
    if run_phase; then
      mark end
      printf '%s\\n' "$fingerprint" >"done/$id"
      phase_is done
      return 0
    fi
    if [ "$attempt" -ge "$attempts" ] || [ "$code" -eq ${permanentFailure} ]; then
      mark end
      phase_is failed ",\\"exitCode\\":$code,\\"expired\\":$expired"
      return 1
    fi
    printf '\\nAttempt %s of %s failed (exit code %s); trying again in %s s.\\n' "$attempt" "$attempts" "$code" "$delay" >>log
    mark end
    sleep "$delay"
    attempt=$((attempt + 1))
    delay=$((delay * 2))
    [ "$delay" -le 15 ] || delay=15
  done
}
started_of $$
run=$started
if is_alive phase; then
  kill -s KILL -- "-$pid" 2>/dev/null
  while is_alive phase; do sleep 0.05; done
fi
rm -f expired
[ -e reserve ] || dd if=/dev/zero of=reserve bs=65536 count=1 2>/dev/null
printf '\\n' >>state
append "{\\"event\\":\\"run\\",\\"at\\":\\"$(date -u "$clock")\\"}"
while read -r id group limit attempts fingerprint <&3; do
  kept=
  [ -r "done/$id" ] && read -r kept <"done/$id"
  if [ "$kept" = "$fingerprint" ] && [ "$kept" != ${neverKept} ]; then
    append "{\\"event\\":\\"phase\\",\\"id\\":\\"$id\\",\\"state\\":\\"kept\\"}"
    continue
  fi
  attempt_phase && continue
  [ "$group" = extra ] && continue
  append '{"event":"end","state":"failed"}'
  exit 1
done 3<plan
append '{"event":"end","state":"done"}'
`
