import { processIdentity } from '../bootstrap/runner-script.ts'
import { gatewayPortVariable, gatewayTokenVariable } from '../recipe/gateway.ts'
import { endMarked, runMark } from '../runs/run-script.ts'
import { gatewayFolder, gatewayLog, gatewayProgram } from './gateway-paths.ts'

/** The variable that every process of a gateway carries, holding its folder. */
const gatewayMark = 'AGENT_MACHINES_GATEWAY'

/** How often a gateway that takes messages is asked whether it still does. */
const askEveryS = 10
const longestPauseS = 60
/** How long it has to end by itself. */
const graceS = 3
/** The log is begun anew behind this. */
const logBytes = 1_048_576

/**
 * The program that keeps a machine's chat gateway running: `start`, `stop`, `restart`, and `run`, which it starts.
 *
 * `health` holds one line: pid and start of its keeper, then `starting`, `ready` or `down`, the port, since when, and
 * why. A gateway that ended is started again, after a pause that doubles from 1 s to a minute; each start looks for a
 * free port again. Its token is made once, on the machine, and stays there.
 */
export function gatewayScript(port: number): string {
  return `#!/bin/sh
umask 077
# It outlives a run that starts it.
unset ${runMark}
dir=$HOME/${gatewayFolder}
log=$HOME/${gatewayLog}
mkdir -p "$dir" "$HOME/.agent-machines/logs" && cd "$dir" || exit 70
${processIdentity}
tell() {
  [ "$*" != "$told" ] || return 0
  told="$*"
  state=$1
  shift
  printf '%s %s %s %s %s %s\\n' "$$" "$born" "$state" "$${gatewayPortVariable}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >health.new &&
    mv health.new health
}
choose_port() {
  ${gatewayPortVariable}=${port}
  [ ! -s port ] || read -r ${gatewayPortVariable} <port
  export ${gatewayPortVariable}
  ${gatewayPortVariable}=$(./client free-port 2>>"$log") || return 1
  printf '%s\\n' "$${gatewayPortVariable}" >port.new && mv port.new port
}
# Beside the server, for as long as it runs.
watch_server() {
  while :; do
    if ./client ready >/dev/null 2>&1; then
      tell ready
      answered=yes
      sleep ${askEveryS}
    else
      [ -z "$answered" ] || tell down 'It runs but does not answer.'
      sleep 1
    fi
    [ "$(wc -c <"$log")" -le ${logBytes} ] || : >"$log"
  done
}
# Sets ended to how it went, and pause to what it was once it took messages.
run_server() {
  answered=
  tell starting
  setsid ./serve </dev/null >>"$log" 2>&1 &
  server=$!
  started_of "$server" && printf '%s %s\\n' "$server" "$started" >server
  watch_server &
  watcher=$!
  wait "$server"
  ended="It ended with exit code $?"
  kill "$watcher" 2>/dev/null
  wait "$watcher"
  kill -s KILL -- "-$server" 2>/dev/null
  read -r _ _ state _ <health
  [ "$state" = starting ] || pause=1
}
run() {
  started_of $$ && born=$started && printf '%s %s\\n' "$$" "$born" >keeper || exit 70
  [ -s token ] || { od -An -v -N32 -tx1 /dev/urandom | tr -d ' \\n' >token.new && mv token.new token; }
  read -r ${gatewayTokenVariable} <token
  export ${gatewayTokenVariable}
  : >"$log"
  pause=1
  while :; do
    if choose_port; then run_server; else ended='It found no port'; fi
    tell down "$ended. Its log is ~/${gatewayLog}"
    sleep "$pause"
    pause=$((pause * 2))
    [ "$pause" -le ${longestPauseS} ] || pause=${longestPauseS}
  done
}
lock() {
  command -v flock >/dev/null && command -v setsid >/dev/null || {
    echo 'flock or setsid is not installed on the machine (package util-linux)' >&2
    exit 1
  }
  exec 9>>lock
  flock -w 30 9 || exit 1
}
# Also ends what a keeper that was killed left behind: it would hold the port.
begin() {
  stop
  [ -x serve ] || { echo 'this machine has no chat gateway' >&2; exit 1; }
  ${gatewayMark}="$dir" setsid "$HOME/${gatewayProgram}" run </dev/null >/dev/null 2>&1 9>&- &
  keeper=$!
  started_of "$keeper" && printf '%s %s\\n' "$keeper" "$started" >keeper
}
stop() {
  if is_alive keeper; then kill -s KILL "$pid" 2>/dev/null; fi
  if is_alive server && kill -s TERM -- "-$pid" 2>/dev/null; then
    tries=0
    while is_alive server && [ "$tries" -lt ${graceS * 10} ]; do
      tries=$((tries + 1))
      sleep 0.1
    done
  fi
  ${endMarked(gatewayMark, '$dir')}
  rm -f health keeper server
}
case \${1:-} in
  start) lock && { is_alive keeper || begin; } ;;
  stop) lock && stop ;;
  restart) lock && begin ;;
  run) run ;;
  *) echo 'start|stop|restart' >&2; exit 2 ;;
esac
`
}
