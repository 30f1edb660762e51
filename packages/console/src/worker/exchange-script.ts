import { sh } from './shell-text.ts'

/**
 * One command that types, waits for what comes of it and answers with it: all that a substrate with nothing but
 * commands needs.
 *
 * The waiting is done by `tail`, which inotify wakes, and by the `grep` that ends with the first line that
 * matters. The loop's own beat is no news: a quiet console answers when the time is up.
 */
export const exchangeScript = sh`
# What a key causes, and what a question of ours is answered with.
ECHO='^(%output|%extended-output|am:(hello|snap|driver))'
# Everything but the ends of commands and the loop's reports.
NEWS='^(%[^be]|%extended-output|am:([^s]|snap))'
ANSWER=1048576

now_ms() { { read -r up rest </proc/uptime; } 2>/dev/null && MS=$\{up%.*}$\{up#*.}0 || MS=$(($(date +%s) * 1000)); }

# Waits up to $1 ms for a line like $3 behind offset $2.
await_line() {
  if [ "$WAY" = gnu ]; then
    LC_ALL=C timeout --foreground "$(($1 / 1000)).$(printf %03d "$(($1 % 1000))")" \
      tail -c "+$(($2 + 1))" -s "$NAP" --pid="$COURIER" -f "$REAL" 2>/dev/null | LC_ALL=C grep -qaEm1 "$3"
    return
  fi
  now_ms
  until_ms=$((MS + $1))
  while courier_alive && [ "$MS" -lt "$until_ms" ]; do
    read_position
    [ "$POS" -eq "$2" ] || return 0
    sleep 0.03 2>/dev/null || sleep 1
    now_ms
  done
  false
}

# Lines were relayed when the log ended at $1: waits for their echo, at least for their acknowledgement.
await_echo() {
  await_line 30 "$1" "$ECHO" && return
  read_position
  [ "$POS" -ne "$1" ] || await_news "$2" "$1"
}

# What comes in several writes is one answer, mostly.
await_news() { ! await_line "$1" "$2" "$NEWS" || sleep 0.006 2>/dev/null; }

exchange() {
  use_session "$1"
  read_courier
  courier_alive && open_relay || fail 'no courier' 3
  read_way
  choose_start "$2" "$3" 1310720
  before=$POS
  typed=''
  while IFS= read -r line; do
    [ -n "$line" ] && [ "$\{#line}" -le 4000 ] && printf '%s\n' "$line" >&7 && typed=1
  done
  # Who is too far behind catches up faster with a screen.
  [ $((POS - START)) -le 2097152 ] || choose_start - - 131072
  if [ "$2 $3" != "$ID $START" ] || [ "$4" -eq 0 ]; then :
  elif [ -n "$typed" ]; then await_echo "$before" "$4"
  else await_news "$4" "$START"; fi
  say_start "$2" "$3"
  tail -c "+$((START + 1))" "$REAL" 2>/dev/null | head -c "$ANSWER"
}
`
