import { sh } from './shell-text.ts'

/**
 * One command that types, waits for what comes of it and answers with it: all that a substrate with nothing but
 * commands needs.
 *
 * The waiting is done by `tail`, which inotify wakes, and by the `grep` that ends with the first line that
 * matters. The loop's own beat is no news: a quiet console answers when the time is up.
 */
export const exchangeScript = sh`
# What a key causes, and what a question is answered with.
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
  until_ms=$((MS + $1)) nap=0.03
  while courier_alive && [ "$MS" -lt "$until_ms" ]; do
    read_position
    [ "$POS" -eq "$2" ] || return 0
    sleep "$nap" 2>/dev/null || sleep 1
    now_ms
    [ "$MS" -lt $((until_ms - $1 + 1000)) ] || nap=0.1
  done
  false
}

# Cheaper than any process that could wait: an echo mostly comes within a millisecond.
spin() {
  tries=0 quiet=0 last=$1 POS=$1
  while [ "$tries" -lt 300 ] && [ "$quiet" -lt 40 ]; do
    { read -r key POS <"/proc/$COURIER/fdinfo/1"; } 2>/dev/null || return 0
    tries=$((tries + 1))
    if [ "$POS" != "$last" ]; then last=$POS quiet=0
    elif [ "$POS" != "$1" ]; then quiet=$((quiet + 1)); fi
  done
}

# Lines were relayed when the log ended at $1: waits for their echo, at least for their acknowledgement.
await_echo() {
  spin "$1"
  if [ "$POS" != "$1" ]; then
    case $(tail -c "+$(($1 + 1))" "$REAL") in *%output* | *am:hello* | *am:snap* | *am:driver*) return ;; esac
  fi
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
  read_position
  [ $((POS - START)) -ge $((ANSWER / 2)) ] || exec tail -c "+$((START + 1))" "$REAL"
  tail -c "+$((START + 1))" "$REAL" 2>/dev/null | head -c "$ANSWER"
}
`
