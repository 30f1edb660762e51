import type { PlannedFile } from '@agent-machines/core'
import { courierScript } from './courier-script.ts'
import { exchangeScript } from './exchange-script.ts'
import { keepScript } from './keep-script.ts'
import { lookScript } from './look-script.ts'
import { paneScript } from './pane-script.ts'
import { sessionScript } from './session-script.ts'
import { sh } from './shell-text.ts'
import { watchScript } from './watch-script.ts'

/** The console's program on a machine, relative to its home. */
export const workerProgram = '.agent-machines/bin/am-console'

const entryScript = sh`
status() {
  use_session "$1"
  read_courier
  EPOCH=''
  { read -r EPOCH <"$D/epoch"; } 2>/dev/null
  courier=dead
  courier_alive && courier=alive
  state=none
  read_process
  [ -z "$STATE" ] || state=exited
  agent_running && state=running
  printf 'epoch=%s\nlog=%s\ncourier=%s\nprocess=%s\npid=%s\nexitCode=%s\n' "$EPOCH" "$ID" "$courier" "$state" "$PID" "$CODE"
}

main() {
  command=$\{1:-}
  [ "$#" -eq 0 ] || shift
  case $command in
    ensure) command -v tmux >/dev/null 2>&1 || fail 'tmux is not installed' 127; ensure "$@" ;;
    relay | exchange | watch | pane | child | status | revive | resized) "$command" "$@" ;;
    follow) channel "$1" "$\{2:--}" "$\{3:--1}" output ;;
    channel) channel "$1" "$\{2:--}" "$\{3:--1}" input ;;
    agent) agent "$@" ;;
    before-sleep) before_sleep ;;
    after-wake) after_wake ;;
    socket) use_session "$1"; printf '%s\n' "$SOCKET" ;;
    *) fail 'ensure|relay|follow|channel|exchange|watch|pane|agent|status|revive|socket SESSION' 2 ;;
  esac
}

main "$@"
exit
`

/** Everything the console needs on a machine besides tmux: one POSIX script, run in place. */
export function consoleWorkerFiles(): PlannedFile[] {
  const parts = [
    sessionScript,
    courierScript,
    exchangeScript,
    paneScript,
    lookScript,
    keepScript,
    watchScript,
    entryScript,
  ]
  return [{ path: workerProgram, content: `#!/bin/sh${parts.join('')}`, mode: 0o700 }]
}
