import { sh } from './shell-text.ts'

/**
 * Where things are, and how a session comes up.
 *
 * `window-size manual` comes after `new-session`: tmux 3.3a dies of a new session under a manual size. The
 * pane's program does not see TMUX, so an agent that uses tmux itself gets a server of its own.
 */
export const sessionScript = sh`
umask 077
LC_ALL=C.UTF-8
export LC_ALL
ROOT="$HOME/.agent-machines"
SELF="$ROOT/bin/am-console"
NL='
'

fail() {
  printf 'am-console: %s\n' "$1" >&2
  exit "$\{2:-1}"
}

random_hex() { od -An -v -N6 -tx1 /dev/urandom | tr -d ' \n'; }

hash_of() {
  set -- $(printf %s "$1" | cksum)
  printf '%s-%s' "$1" "$2"
}

# A directory that only this user can reach, also below a directory that everybody can write.
private_dir() {
  [ -d "$1" ] || mkdir -m 700 "$1" 2>/dev/null
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && chmod 700 "$1" 2>/dev/null
}

use_session() {
  S=$1
  case $S in
    '' | *[!a-z0-9-]*) fail 'a session name is made of a-z, 0-9 and -' 2 ;;
  esac
  D="$ROOT/console/$S"
  [ -d "$D" ] || mkdir -p "$D" || fail "cannot make $D"
  SOCKET="$D/tmux.sock"
  if [ "$\{#SOCKET}" -gt 100 ]; then
    short="/tmp/am-$(id -u)"
    private_dir "$short" || fail "$short is not ours"
    SOCKET="$short/$(hash_of "$D")"
  fi
}

tm() { tmux -u -S "$SOCKET" -f /dev/null "$@"; }

# One command at a time per session; the lock is fd 9 and must not leak into anything that stays.
lock() {
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$D/lock"
    flock -w 20 9 || fail 'another command holds the console'
    return
  fi
  tries=0
  until mkdir "$D/lock.d" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -gt 200 ] && rmdir "$D/lock.d" 2>/dev/null
    sleep 0.1
  done
  trap 'rmdir "$D/lock.d" 2>/dev/null' EXIT
}

# Sets STATE PID BORN CODE SINCE from what the launcher wrote.
read_process() {
  STATE='' PID='' BORN='' CODE='' SINCE=''
  { read -r STATE PID BORN CODE SINCE <"$D/process"; } 2>/dev/null
  return 0
}

# Splits /proc/PID/stat after the command name: $STAT begins with the state, parent, group, session.
read_stat() {
  STAT=''
  { read -r STAT <"/proc/$1/stat"; } 2>/dev/null || return 1
  STAT=$\{STAT##*) }
}

born_of() {
  read_stat "$1" || return 1
  set -- $STAT
  shift 19
  BORN_NOW=$1
}

# Whether PID $1 is still the process that was born at $2.
alive() {
  [ -n "$1" ] && kill -0 "$1" 2>/dev/null || return 1
  [ -d /proc/self ] || return 0
  born_of "$1" || return 1
  case $STAT in Z*) return 1 ;; esac
  [ -z "$2" ] || [ "$2" = - ] || [ "$2" = "$BORN_NOW" ]
}

agent_running() {
  read_process
  [ "$STATE" = running ] && alive "$PID" "$BORN"
}

new_session() {
  note_loss
  end_leftover
  courier_alive && kill "$COURIER" 2>/dev/null
  COURIER='' ID=''
  rm -f "$D/courier" "$D/modes"
  EPOCH=$(random_hex)
  [ -n "$MODE" ] || { MODE=offer; [ -z "$3" ] || MODE=start; }
  TERM=xterm-256color COLORTERM=truecolor tm start-server \; set -g status off \; set -g history-limit 10000 \
    \; set -s escape-time 0 \; set -s exit-empty on \; set -s set-clipboard off \; set -g focus-events on \; set -gq scroll-on-clear off \
    \; set -g default-terminal tmux-256color \; set -g remain-on-exit on \; set -g update-environment '' \
    \; set -g allow-rename off \; set -g automatic-rename off \; set -g bell-action none \
    \; set -g window-style 'fg=#dee0e2,bg=#0b0d10' \; set -g prefix None \; set -g prefix2 None \
    \; unbind -a -T prefix \; unbind -a -T root \; unbind -a -T copy-mode \; unbind -a -T copy-mode-vi \
    \; set-hook -g after-resize-window "run-shell -b '\"\$HOME\"/.agent-machines/bin/am-console resized $S; :'" \
    \; set -g @am_epoch "$EPOCH" \; set -g @am_rest "$REST" \; set -g @am_clock '%s' \
    \; new-session -d -s am -x "$1" -y "$2" -c "$HOME" "$SELF" pane "$S" "$MODE" restore \
    \; set -g window-size manual \; select-pane -T '' 9>&- 8>&- || fail 'tmux does not start'
  printf '%s\n' "$EPOCH" >"$D/epoch"
  printf '%s %s\n' "$1" "$2" >"$D/size"
}

# Remembers the size for whoever brings the session up again.
resized() {
  use_session "$1"
  tm display-message -p -t =am: '#{window_width} #{window_height}' >"$D/size.$$" && mv "$D/size.$$" "$D/size" || rm -f "$D/size.$$"
}

# What outlived its tmux server would go on unseen; what ended with the machine runs no more.
end_leftover() {
  if agent_running; then
    end_tree "$PID"
    printf 'exited %s - - %s\n' "$PID" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$D/process"
  elif [ "$STATE" = running ]; then
    rm -f "$D/process"
  fi
}
`
