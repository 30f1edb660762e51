import { processIdentity } from '../bootstrap/runner-script.ts'

/** The variable that every process of a run carries, holding its id. */
export const runMark = 'AGENT_MACHINES_RUN'

/** Seconds between asking a run to end and ending it. */
const graceS = 5

/** The folder of a run, relative to the home. `id` is safe in a path. */
export function runFolder(id: string): string {
  return `.agent-machines/runs/${id}`
}

/**
 * Ends every process that carries the mark in its environment, whatever group it is in.
 *
 * New ones can be started while they are looked for, so it looks until there are none. The mark is written so that a
 * process which has this text itself in its environment, as a substrate may hand over commands, does not carry it.
 */
export function endMarked(mark: string, value: string): string {
  return `tries=0
while [ "$tries" -lt 40 ]; do
  marked=$(grep -lF '${mark}'"=${value}" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3)
  [ -n "$marked" ] || break
  kill -s KILL $marked 2>/dev/null
  tries=$((tries + 1))
  sleep 0.05
done`
}

/** Asks the group whose leader is in the shell's variable to end; just started, the leader has no group yet. */
export function askToEnd(variable: string): string {
  return `{ kill -s TERM -- "-$${variable}" 2>/dev/null || kill -s TERM "$${variable}" 2>/dev/null; }`
}

/**
 * The program that watches the agent of one run on the machine, from its start to its end.
 *
 * Its starter holds the lock on descriptor 9 and hands it over; the agent does not inherit it. `exit` is written last
 * and in one step; so is `runner`, since a run whose `runner` is empty would be taken for ended. The time limit counts ticks of one second, so the time a machine sleeps does not count.
 */
export function runScript(id: string, timeoutMs: number): string {
  return `#!/bin/sh
umask 077
cd "$HOME/${runFolder(id)}" || exit 70
${processIdentity}
started_of $$ && printf '%s %s\\n' $$ "$started" >runner.own && mv runner.own runner
setsid /bin/sh ./command <task >out 2>err 9>&- &
agent=$!
started_of "$agent" && printf '%s %s\\n' "$agent" "$started" >agent
[ -e stop ] && ${askToEnd('agent')}
(
  tick=0
  stopping=0
  while sleep 1 && kill -0 "$agent"; do
    tick=$((tick + 1))
    if [ -e stop ]; then
      stopping=$((stopping + 1))
      [ "$stopping" -lt ${graceS} ] || kill -s KILL -- "-$agent"
    elif [ "$tick" -ge ${Math.ceil(timeoutMs / 1000)} ]; then
      echo timed-out >stop
      ${askToEnd('agent')}
    fi
  done
) </dev/null >/dev/null 2>&1 9>&- &
watchdog=$!
wait "$agent"
code=$?
kill "$watchdog" 2>/dev/null
kill -s KILL -- "-$agent" 2>/dev/null
${endMarked(runMark, id)}
reason=ended
[ -r stop ] && read -r reason <stop
printf '%s %s\\n' "$code" "$reason" >exit.new && mv exit.new exit
`
}
