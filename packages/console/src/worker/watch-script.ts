import { sh } from './shell-text.ts'

/**
 * The loop beside a courier: brings back what died and reports the agent's signals in-band; and the trimmer
 * beside the loop, which keeps the log between 8 and 10 MiB on disk.
 *
 * A tick reads files with builtins and forks nothing but `sleep`. The trimmer sleeps until another MiB was
 * written, so an idle console costs it nothing and a program that writes 20 MB in a second is still bounded.
 */
export const watchScript = sh`
KEEP=8388608

# Frees what is more than 8 MiB behind position $1. The base is written first: nobody may read a hole.
punch() {
  base=0
  { read -r base <"$D/$ID.base"; } 2>/dev/null
  excess=$(($1 - KEEP))
  [ "$excess" -gt $((base + 65536)) ] || return 0
  next=$((excess / 4096 * 4096))
  log="$D/$ID.log"
  keep_modes
  write_base "$next"
  fallocate -p -o "$base" -l "$((next - base))" "$log" 2>/dev/null && return 0
  # No holes on this file system: a new courier life is a new log.
  [ "$excess" -lt 4194304 ] || kill "$COURIER"
  write_base "$base"
}

# Never empty, for whoever reads it meanwhile.
write_base() { printf '%s\n' "$1" >"$D/$ID.base.new" && mv "$D/$ID.base.new" "$D/$ID.base"; }

# Remembers the last mode switches of what is about to go.
keep_modes() {
  found=$(tail -c "+$((base + 1))" "$log" | head -c "$((next - base))" | last_modes)
  [ -n "$found" ] || return 0
  MODES=''
  { read -r MODES <"$D/modes"; } 2>/dev/null
  for mode in $found; do
    kept=''
    for old in $MODES; do [ "$\{old%?}" = "$\{mode%?}" ] || kept="$kept$old "; done
    MODES="$kept$mode "
  done
  printf '%s\n' "$MODES" >"$D/modes"
}

trim() {
  read_position
  punch "$POS"
}

# GNU tail only waits for writes, and does not poll, when the name it gets is not a link.
trim_while_it_grows() {
  tail -c "+$((base + 1))" -s 1 --pid="$COURIER" -f "$(readlink -f "$D/$ID.log")" | while
    count=$(head -c 1048576 | wc -c)
    [ "$count" -gt 0 ]
  do trim; done
}

hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }

# Sets FILE and CONTENT to the first file that the pattern names. One with the agent's pid that is older than the
# agent is of another that had the same pid, before the machine lost its processes.
find_file() {
  FILE='' CONTENT='' older_than=''
  pattern=$1
  case $pattern in
    *'<pid>'*)
      [ "$STATE" = running ] || return 0
      pattern="$\{pattern%%'<pid>'*}$PID$\{pattern#*'<pid>'}"
      older_than=$D/process
      ;;
  esac
  IFS=''
  for candidate in $pattern; do
    if [ -f "$candidate" ] && [ -r "$candidate" ] && ! [ "$older_than" -nt "$candidate" ]; then
      FILE=$candidate
      break
    fi
  done
  [ -z "$FILE" ] || read_content
  unset IFS
}

read_content() {
  while IFS= read -r text || [ -n "$text" ]; do
    CONTENT="$CONTENT$text$NL"
    [ "$\{#CONTENT}" -lt 16384 ] || break
    text=''
  done 2>/dev/null <"$FILE"
}

read_signals() {
  read_process
  if [ "$STATE" = running ] && ! alive "$PID" "$BORN"; then
    # Its launcher writes the exit code; where the launcher died too, nobody knows it.
    LOST=$((LOST + 1))
    [ "$LOST" -lt 2 ] || { STATE=exited CODE=-; }
  else
    LOST=0
  fi
  WANT_TITLE=0 FILE='' CONTENT=''
  while read -r kind pattern; do
    case $kind in
      title) WANT_TITLE=1 ;;
      file) [ -n "$FILE" ] || find_file "$pattern" ;;
    esac
  done 2>/dev/null <"$ROOT/state/signals"
  read_gateway
  NOW="$WANT_TITLE|$STATE|$PID|$CODE|$SINCE|$FILE|$CONTENT|$GATEWAY"
}

# Sets GATEWAY to what the keeper of the chat gateway says, in characters that a relay takes; empty where there is none.
read_gateway() {
  GATEWAY='' keeper='' keeper_born=''
  { read -r keeper keeper_born GATEWAY <"$ROOT/state/gateway/health"; } 2>/dev/null
  [ -n "$GATEWAY" ] || return 0
  case $GATEWAY in *[!a-zA-Z0-9:.,\ ~/-]*) GATEWAY="down 0 $SINCE It says nothing that can be read." ;; esac
  alive "$keeper" "$keeper_born" && return 0
  port=$\{GATEWAY#* }
  told=$\{port#* }
  GATEWAY="down $\{port%% *} $\{told%% *} It is not kept running."
}

beat() {
  BEAT=$TICK BEAT_OPEN=1
  printf '%s\n' "display-message -p 'am:signals|%s|#{@am_sig}|#{@am_file}|#{pane_title}'" >&7
  [ -z "$GATEWAY" ] || printf '%s\n' "display-message -p 'am:gateway|$GATEWAY'" >&7
}

report_signals() {
  read_signals
  if [ "$NOW" != "$SEEN" ]; then
    SEEN=$NOW
    changed=''
    [ -z "$FILE" ] || changed=$(date -u -r "$FILE" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u +%Y-%m-%dT%H:%M:%SZ)
    send_hex @am_file "$CONTENT"
    printf '%s\n' "set -g @am_sig '$WANT_TITLE|$STATE|$PID|$CODE|$SINCE|$(hex "$FILE")|$changed'" >&7
    beat
  elif [ $((TICK - BEAT)) -ge 20 ]; then
    beat
  fi
}

# Says of a program that was just started that it runs, before its loop does: what was said of the one before it is over.
report_start() {
  read_courier
  open_relay || return 0
  LOST=0 TICK=0
  read_signals
  printf '%s\n' "set -g @am_file ''" "set -g @am_sig '$WANT_TITLE|$STATE|$PID|$CODE|$SINCE||'" >&7
  beat
}

repair() {
  cols=120 rows=32 launch=''
  { read -r cols rows <"$D/size"; } 2>/dev/null
  read_process
  [ "$STATE" = running ] && [ "$S" = agent ] && launch=--launch
  "$SELF" ensure "$S" "$cols" "$rows" $launch </dev/null >/dev/null 2>&1 8>&- 7>&-
}

follow_courier() {
  read_courier
  [ "$ID" != "$KNOWN" ] || return 0
  KNOWN=$ID
  SEEN='' SCREEN='' PLACE=-1 BEAT_OPEN='' base=0
  { read -r base <"$D/$ID.base"; } 2>/dev/null
  exec 7<>"$D/$ID.in"
  [ -z "$FOLLOWS" ] || (trim_while_it_grows) </dev/null >/dev/null 2>&1 8>&- 7>&- &
}

watch() {
  use_session "$1"
  if command -v flock >/dev/null 2>&1; then
    exec 8>"$D/watch.lock"
    flock -n 8 || exit 0
  else
    { read -r other <"$D/watch"; } 2>/dev/null
    [ -n "$other" ] && [ "$other" != $$ ] && kill -0 "$other" 2>/dev/null && exit 0
  fi
  printf '%s\n' $$ >"$D/watch"
  cd "$HOME" || exit 1
  TICK=0 BEAT=0 BEAT_SIZE=0 LOOKED=0 LOST=0 KNOWN='' SEEN='' KEPT=-20 KEPT_SCREEN='' CALM=0 CALM_SCREEN='' ALIVE=-120 PAUSE=0 FOLLOWS=''
  if tail --help 2>&1 | grep -q -- --pid; then FOLLOWS=1; fi
  while [ -d "$D" ]; do
    read_courier
    if courier_alive; then
      PAUSE=0
      follow_courier
      [ -n "$FOLLOWS" ] || trim
      look
      keep_sometimes
      report_signals
    else
      repair
      sleep "$PAUSE"
      [ "$PAUSE" -ge 5 ] || PAUSE=$((PAUSE + 1))
    fi
    TICK=$((TICK + 1))
    sleep 0.5
  done
}
`
