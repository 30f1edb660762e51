import { sh } from './shell-text.ts'

/**
 * What the agent's screen shows, reported in-band for the fleet's last line. Nobody asks it of other sessions:
 * there the place in the log stands for the screen.
 *
 * A look costs a `tmux capture-pane`, so it is taken only when the log grew, and once a second at most. The
 * loop's own beat makes the log grow too; how much, it learns from a beat that changed nothing.
 */
export const lookScript = sh`
# The courier's own file position is the length of its log, without a process to measure it.
read_position() {
  POS=''
  { while read -r key value; do [ "$key" = pos: ] && POS=$value; done <"/proc/$COURIER/fdinfo/1"; } 2>/dev/null
  [ -n "$POS" ] || POS=$(wc -c <"$D/$ID.log")
}

# Sets tmux's option $1 to the hex of $2, in lines that a relay would take, all at once at the end.
send_hex() {
  printf "set -g @am_part ''\n" >&7
  printf %s "$2" | od -An -v -tx1 | tr -d ' \n' | fold -w 3000 | while read -r piece || [ -n "$piece" ]; do
    printf 'set -ga @am_part %s\n' "$piece" >&7
  done
  printf '%s\n' "set -gF $1 '#{@am_part}'" >&7
}

# The last 32 lines that are not empty.
read_screen() {
  tm capture-pane -p -t =am: 2>/dev/null |
    awk 'NF { line[n++ % 32] = substr($0, 1, 300) } END { for (i = n > 32 ? n - 32 : 0; i < n; i++) print line[i % 32] }'
}

# tmux goes on without a log that it cannot write: a beat that leaves no trace for 4 s is its only sign.
end_stuck_courier() {
  [ -n "$BEAT_OPEN" ] && [ $((TICK - BEAT)) -ge 8 ] || return 0
  kill -9 "$COURIER"
}

# Whoever asks has got no answer for a while: a courier that leaves no trace of a word for a second is ended. One that has
# much to say is not, since its log grows.
revive() {
  use_session "$1"
  read_courier
  courier_alive || return 0
  read_position
  before=$POS
  (open_relay && printf '%s\n' "display-message -p am:revived" >&7) </dev/null >/dev/null 2>&1 &
  tries=0
  while [ "$tries" -lt 20 ]; do
    sleep 0.05
    read_position
    [ "$POS" = "$before" ] || return 0
    tries=$((tries + 1))
  done
  kill -9 "$COURIER"
}

look() {
  [ $((TICK - LOOKED)) -ge 2 ] || return 0
  LOOKED=$TICK
  read_position
  grown=$((POS - PLACE))
  if [ "$grown" -eq 0 ]; then
    end_stuck_courier
    return 0
  fi
  PLACE=$POS
  ours=$BEAT_OPEN
  BEAT_OPEN=''
  [ -z "$ours" ] || [ "$grown" -ne "$BEAT_SIZE" ] || return 0
  if [ "$S" != agent ]; then
    [ -z "$ours" ] || BEAT_SIZE=$grown
    SCREEN=$POS
    return 0
  fi
  screen=$(read_screen)
  if [ "$screen" = "$SCREEN" ]; then
    [ -z "$ours" ] || BEAT_SIZE=$grown
    return 0
  fi
  SCREEN=$screen
  send_hex @am_screen "$SCREEN"
  printf '%s\n' "display-message -p 'am:screen|#{@am_screen}'" >&7
}
`
