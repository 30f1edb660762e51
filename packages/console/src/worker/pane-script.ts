import { sh } from './shell-text.ts'

/**
 * What runs in the pane, and how an agent is started and ended.
 *
 * The agent is a job of its own (`set -m`), so its process group is its pid and Ctrl-C reaches it alone. A
 * job that stops itself is continued at once: there is no prompt from which a person could.
 */
export const paneScript = sh`
# Becomes the agent (or the shell); its pid and birth stay what is written here.
child() {
  use_session "$1"
  BORN_NOW=-
  born_of $$
  printf 'running %s %s - %s\n' $$ "$BORN_NOW" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$D/process.new"
  mv "$D/process.new" "$D/process"
  umask 022
  if [ "$2" = agent ]; then exec "$ROOT/bin/agent" $\{3:+"$3"}; fi
  shell=$\{SHELL:-}
  [ -x "$shell" ] || shell=$(command -v bash || command -v sh)
  exec "$shell" -l
}

run_child() {
  stty sane 2>/dev/null
  "$SELF" child "$S" "$@"
  code=$?
  tries=0
  while agent_running && [ "$tries" -lt 50 ]; do
    tries=$((tries + 1))
    fg >/dev/null 2>&1 && code=$? && tries=0
  done
  printf 'exited %s - %s %s\n' "$\{PID:-0}" "$code" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$D/process.new"
  mv "$D/process.new" "$D/process"
  forget_keys
  stty sane -echo 2>/dev/null
  [ "$(tm display-message -p -t =am: '#{alternate_on}' 2>/dev/null)" = 1 ] && printf '\033[?1049l'
  printf '\033[?1000l\033[?1002l\033[?1003l\033[?1005l\033[?1006l\033[?2004l\033[?1004l\033[?1l\033>\033[?7h\033[?25h'
  printf '\0337\033[r\0338\033(B\017\033[0m\033]2;\033\\'
}

say() { printf '\r\n\033[90m[%s]\033[0m\r\n' "$1"; }

# What was typed for a program that has ended is not for what comes after it.
forget_keys() {
  stty -icanon -echo min 0 time 0 2>/dev/null && dd bs=65536 count=1 >/dev/null 2>&1
}

# Says what there is to choose, to a terminal that shows nothing of what is typed.
ask() {
  stty -icanon -echo min 1 time 0 2>/dev/null
  say "$1 · Enter starts it · s opens a shell"
}

# Sets KEY to one key, or to all that came at once, which is none; fails when the terminal is gone.
read_key() {
  KEY=$(dd bs=1024 count=1 2>/dev/null; printf .)
  [ "$KEY" != . ]
}

offer() {
  ask "$1"
  while read_key; do
    case $KEY in
      "$NL.") return 0 ;;
      s. | S.)
        run_child shell
        ask "$1"
        ;;
    esac
  done
  exit 0
}

# What is printed before the courier listens stands in no log.
await_courier() {
  tries=0
  until read_courier; [ -n "$ID" ] && [ -s "$D/$ID.log" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || return 0
    sleep 0.01
  done
}

pane() {
  use_session "$1"
  [ -z "$\{3:-}" ] || restore_screen
  await_courier
  unset TMUX TMUX_PANE
  cd "$HOME/work" 2>/dev/null || cd "$HOME" || exit 1
  trap : INT QUIT TSTP
  set -m
  what=shell
  [ "$S" = agent ] && what=agent
  state="The $what is not running"
  if [ "$2" != offer ] || [ "$what" = shell ]; then
    case $2 in
      resume) resume_agent "$\{3:-}" ;;
      reload) say "Set up again $(spoken "$(iso_now)")"
        if can_resume; then resume_agent; else run_child agent; fi ;;
      *) run_child "$what" ;;
    esac
    state="The $what ended with exit code $code"
  fi
  while :; do
    offer "$state"
    run_child "$what"
    state="The $what ended with exit code $code"
  done
}

# Sets TREE to the processes of the agent's terminal session but its launcher, and what they started.
collect_tree() {
  read_stat "$1" || return 1
  set -- "$1" $STAT
  launcher=$5
  TREE=" $1 "
  before=''
  while [ "$before" != "$TREE" ]; do
    before=$TREE
    for entry in /proc/[0-9]*; do
      pid=$\{entry#/proc/}
      case "$TREE" in *" $pid "*) continue ;; esac
      [ "$pid" != "$launcher" ] && read_stat "$pid" || continue
      set -- "$1" $STAT
      [ "$2" = Z ] && continue
      if [ "$5" = "$launcher" ]; then TREE="$TREE$pid "; fi
      case "$TREE" in *" $3 "*) case "$TREE" in *" $pid "*) ;; *) TREE="$TREE$pid " ;; esac ;; esac
    done
  done
}

tree_gone() {
  for pid in $TREE; do
    kill -0 "$pid" 2>/dev/null || continue
    read_stat "$pid" || continue
    case $STAT in Z*) ;; *) return 1 ;; esac
  done
}

signal_tree() {
  kill "-$1" -- "-$2" 2>/dev/null
  for pid in $TREE; do kill "-$1" "$pid" 2>/dev/null; done
}

# Ends process $1 and everything below it; succeeds only when all of it is gone.
end_tree() {
  TREE=" $1 "
  collect_tree "$1"
  signal_tree TERM "$1"
  signal_tree CONT "$1"
  tries=0
  until tree_gone; do
    tries=$((tries + 1))
    # An interactive shell ends at a hang-up only.
    [ "$tries" -eq 3 ] && signal_tree HUP "$1"
    [ "$tries" -eq 30 ] && signal_tree KILL "$1"
    [ "$tries" -gt 80 ] && return 1
    sleep 0.1
  done
}

stop_agent() {
  agent_running || return 0
  ended=$PID
  end_tree "$ended" || fail 'the agent did not end'
  # Its launcher writes down how it ended; a start that came before that would be written over.
  tries=0
  while read_process && [ "$STATE $PID" = "running $ended" ] && [ "$tries" -lt 20 ]; do
    tries=$((tries + 1))
    sleep 0.05
  done
}

agent() {
  use_session "$2"
  case $1 in
    start | stop | restart) ;;
    reload) agent_running || return 0 ;;
    *) fail 'agent start|stop|restart|reload SESSION' 2 ;;
  esac
  [ "$1" = start ] || stop_agent
  [ "$1" != stop ] || return 0
  cols=120 rows=32
  { read -r cols rows <"$D/size"; } 2>/dev/null
  how=--launch
  [ "$1" != reload ] || how=--reload
  ensure "$2" "$cols" "$rows" "$how"
  [ "$1" = start ] || report_start
}
`
