import { sh } from './shell-text.ts'

/**
 * The courier: a control client whose commands come from a FIFO and whose answers and output go to a log.
 *
 * Its subscriptions belong to the command that attaches: `refresh-client` on the FIFO is refused with "no
 * current client" when it is read before the attachment stands.
 *
 * Each courier life has its own FIFO and log, so nothing can be spliced across a death. A follower ends with
 * its courier; whoever follows opens the channel again and learns the new log from its first line.
 */
export const courierScript = sh`
# Without room for its files a courier would die at once, again and again. 28 is ENOSPC.
has_space() { head -c "$2" /dev/zero 2>/dev/null >"$1/.space" && rm -f "$1/.space" || { rm -f "$1/.space"; false; }; }

need_space() { has_space "$D" 16384 || fail "no space is left in $D" 28; }

place_log() {
  LOG="$D/$ID.log"
  shm="/dev/shm/am-$(id -u)-$(hash_of "$D")"
  if [ -d /dev/shm ] && [ -w /dev/shm ] && private_dir "$shm" && has_space "$shm" 65536 && : >"$shm/$ID.log"; then
    for old in "$shm"/*.log; do [ "$old" = "$shm/$ID.log" ] || rm -f "$old"; done
    ln -s "$shm/$ID.log" "$LOG"
  else
    has_space "$D" 65536 || fail "no space is left in $D" 28
    : >"$LOG"
  fi
}

# Ends the courier's life before this one. The modes that its log would still show are kept, with a note that
# output was lost behind them.
clear_courier() {
  if courier_alive; then kill "$COURIER" 2>/dev/null; fi
  log="$D/$ID.log" base=0
  if [ -n "$ID" ] && [ -f "$log" ]; then
    { read -r base <"$D/$ID.base"; } 2>/dev/null
    next=$(wc -c <"$log")
    keep_modes
    MODES=''
    { read -r MODES <"$D/modes"; } 2>/dev/null
    printf 'lost %s\n' "$\{MODES#lost }" >"$D/modes"
  fi
  for old in "$D"/*.in; do drain "$old"; done
  rm -f "$D"/*.in "$D"/*.log "$D"/*.base "$D"/*.base.new "$D"/*.way "$D"/paste.*
}

# Whoever is stuck writing to a courier that is gone gets on: nothing else reads its FIFO any more.
drain() {
  [ -p "$1" ] || return 0
  (timeout 5 cat <>"$1") >/dev/null 2>&1 9>&- 8>&- 7>&- &
}

# How the log can be waited for, and its name without links: GNU tail only waits for writes, and does not poll,
# when the name it gets is not a link.
note_way() {
  kind=plain
  tail --help 2>&1 | grep -q -- --pid && timeout --help 2>&1 | grep -q -- --foreground &&
    grep --help 2>&1 | grep -q -- --line-buffered && kind=gnu
  printf '%s %s\n' "$kind" "$(readlink -f "$LOG")" >"$D/$ID.way"
}

# Sets WAY, REAL and how long tail may sleep where inotify does not wake it.
read_way() {
  WAY=plain REAL="$D/$ID.log" NAP=0.02
  { read -r WAY REAL <"$D/$ID.way"; } 2>/dev/null
  case $REAL in /dev/shm/*) NAP=0.2 ;; esac
}

start_courier() {
  clear_courier
  need_space
  ID=$(random_hex)
  place_log
  mkfifo "$D/$ID.in" || fail 'cannot make the FIFO'
  printf '0\n' >"$D/$ID.base"
  note_way
  exec 7<>"$D/$ID.in"
  TERM=xterm-256color setsid tmux -u -S "$SOCKET" -f /dev/null -C attach -t =am ';' \
    refresh-client -B 'am-title:%*:#{pane_title}' ';' refresh-client -B 'am-dead:%*:#{pane_dead}' \
    <&7 >>"$LOG" 2>/dev/null 9>&- 8>&- 7>&- &
  COURIER=$!
  BORN_NOW=-
  born_of "$COURIER"
  printf '%s %s %s\n' "$COURIER" "$ID" "$BORN_NOW" >"$D/courier.new" && mv "$D/courier.new" "$D/courier"
}

read_courier() {
  COURIER='' ID='' COURIER_BORN=''
  { read -r COURIER ID COURIER_BORN <"$D/courier"; } 2>/dev/null
  return 0
}

# A pid alone may be somebody else's by now.
courier_alive() { alive "$COURIER" "$COURIER_BORN"; }

# Waits for one that somebody has just started: it attaches before it says anything. On a full disk it never does.
courier_attaches() {
  tries=0
  while courier_alive && [ ! -s "$D/$ID.log" ] && [ "$tries" -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.02
  done
  case $(tm list-clients -t =am -F 'client #{client_pid}' 2>/dev/null)$NL in *"client $COURIER$NL"*) ;; *) false ;; esac
}

ensure() {
  use_session "$1"
  lock
  read_courier
  read_process
  before=$PID starts=''
  mode=$\{4:+start}
  [ "$\{4:-}" != --reload ] || mode=reload
  known=$(tm display-message -p -t =am: '#{@am_epoch} #{pane_dead}' \; list-clients -t =am -F 'client #{client_pid}' 2>/dev/null)
  case $known$NL in
    "$NL") need_space; new_session "$2" "$3" "$\{4:-}" && start_courier; [ "$MODE" = offer ] || starts=1 ;;
    *"client $COURIER$NL"*) ;;
    *) courier_attaches || start_courier ;;
  esac
  case $known in
    *' 1'"$NL"* | *' 1') respawn_pane "$mode"; starts=$mode ;;
    ?*) [ -z "$\{4:-}" ] || agent_running || [ "$S" != agent ] || { respawn_pane "$mode"; starts=$mode; } ;;
  esac
  [ -z "$starts" ] || [ "$S" != agent ] || until_started "$before"
  setsid "$SELF" watch "$S" </dev/null >/dev/null 2>&1 9>&- 7>&- &
}

# Who looks next finds it running, or ended, and does not start it over. $1 is the pid of the one before.
until_started() {
  tries=0
  until agent_running || [ "$\{PID:-$1}" != "$1" ] || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.02
  done
}

respawn_pane() { tm respawn-pane -k -t =am: "$SELF" pane "$S" "$\{1:-offer}" 9>&- 8>&-; }

# Whole, non-empty lines of at most 4,000 bytes: an empty line would end the courier, half a line would eat
# the next, a longer one would not be one write.
relay_lines() {
  while IFS= read -r line; do
    [ -n "$line" ] && [ "$\{#line}" -le 4000 ] && printf '%s\n' "$line" >&7
  done
}

# Sooner than a shell, which reads byte by byte: a line that came to its end ends in a comment.
relay_channel() {
  read_way
  if [ "$WAY" = gnu ]; then LC_ALL=C grep -a --line-buffered ' #\.$' >&7
  else relay_lines; fi
}

relay() {
  use_session "$1"
  read_courier
  open_relay || fail 'no courier'
  relay_lines
}

# A FIFO that is gone must not come back as a file.
open_relay() { [ -p "$D/$ID.in" ] && exec 7<>"$D/$ID.in"; }

# Writes the log from offset $1 on until the courier ends.
follow_log() {
  read_way
  if [ "$WAY" = gnu ]; then
    exec tail -c "+$(($1 + 1))" -s "$NAP" --pid="$COURIER" -f "$REAL"
  fi
  main=$(exec sh -c 'echo "$PPID"')
  (while kill -0 "$COURIER" 2>/dev/null; do sleep 0.5; done; kill "$main") </dev/null >/dev/null 2>&1 &
  exec tail -c "+$(($1 + 1))" -f "$REAL"
}

# Sets START: the asked offset where that is still there, else $3 bytes before the end POS.
choose_start() {
  base=0
  { read -r base <"$D/$ID.base"; } 2>/dev/null
  read_position
  START=$((POS - $3))
  if [ "$1" = "$ID" ] && [ "$2" -ge "$base" ] 2>/dev/null && [ "$2" -le "$POS" ]; then START=$2; fi
  [ "$START" -ge "$base" ] || START=$base
}

# The last mode switches that stand before START, for whoever composes a screen.
modes_before() {
  MODES=''
  { read -r MODES <"$D/modes"; } 2>/dev/null
  [ "$1" -gt "$base" ] || return 0
  found=$(tail -c "+$((base + 1))" "$D/$ID.log" | head -c "$(($1 - base))" | last_modes)
  MODES="$MODES $found"
}

# The last switch of each mode as in 2004h, and the cursor's shape as in q4; a reset turns all of them off.
last_modes() {
  LC_ALL=C grep -aoE '033(c|\[\?([0-9]+;)*(12|45|1004|1016|2004|2026)(;[0-9]+)*[hl]|\[[0-6] q)' |
    awk '
      BEGIN { split("12l 45l 1004l 1016l 2004l 2026l", off, " ") }
      /^033c/ { for (i in off) last[substr(off[i], 1, length(off[i]) - 1)] = off[i]; last["q"] = "q0"; next }
      / q$/ { last["q"] = "q" substr($0, 5, 1); next }
      { on = substr($0, length($0)); count = split(substr($0, 6, length($0) - 6), modes, ";")
        for (i = 1; i <= count; i++) last[modes[i]] = modes[i] on }
      END { for (mode in last) printf "%s ", last[mode] }'
}

# The first line of every answer. Who goes on where it was knows the modes.
say_start() {
  EPOCH=''
  { read -r EPOCH <"$D/epoch"; } 2>/dev/null
  MODES=''
  [ "$1 $2" = "$ID $START" ] || modes_before "$START"
  printf 'am:channel|%s|%s|%s|%s|%s\n' "$EPOCH" "$ID" "$base" "$START" "$MODES"
}

channel() {
  use_session "$1"
  read_courier
  courier_alive || fail 'no courier' 3
  choose_start "$2" "$3" 1310720
  say_start "$2" "$3"
  RELAY=''
  if [ "$4" = input ]; then
    exec 3<&0 7<>"$D/$ID.in"
    (relay_channel <&3; kill $$) >/dev/null 2>&1 &
    RELAY=$!
  fi
  (follow_log "$START") 7>&- 3<&- &
  FOLLOWER=$!
  # A relay whose courier is gone may be stuck in a full FIFO: it never sees the end of its input.
  trap 'kill $FOLLOWER $RELAY 2>/dev/null; exit 0' TERM HUP INT
  wait "$FOLLOWER"
  [ -z "$RELAY" ] || kill "$RELAY" 2>/dev/null
}
`
