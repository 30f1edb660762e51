import { sh } from './shell-text.ts'

/**
 * What outlives the processes of a session: its screen and history as text, saved before a sleep and when it
 * changed, and a note of the last sleep or loss.
 *
 * A new tmux server prints the saved text into its pane before anything else, above a line that says what
 * happened, so it stands in tmux's own history and in every snapshot.
 */
export const keepScript = sh`
KEPT_LINES=10000
KEPT_BYTES=4194304

iso_now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# The normal screen with its history, and a full-screen program's picture below it.
print_screen() {
  if [ "$1" = 1 ]; then
    tm capture-pane -epJ -t =am: -S "-$KEPT_LINES" -E -1 \; capture-pane -a -q -epJ -t =am: \; capture-pane -epJ -t =am:
  else
    tm capture-pane -epJ -t =am: -S "-$KEPT_LINES"
  fi
}

# Whole lines from the end, without the blank ones below the last text.
bound_lines() {
  LC_ALL=C awk -v limit="$1" '
    { line[NR] = $0 }
    /[^ ]/ { last = NR }
    END {
      first = last + 1
      while (first > 1 && (size += length(line[first - 1]) + 1) <= limit) first--
      for (i = first; i <= last; i++) print line[i]
    }'
}

keep_screen() {
  alternate=$(tm display-message -p -t =am: '#{alternate_on}' 2>/dev/null) && [ -n "$alternate" ] || return 1
  print_screen "$alternate" 2>/dev/null | bound_lines "$KEPT_BYTES" 2>/dev/null >"$D/scrollback.new" &&
    mv "$D/scrollback.new" "$D/scrollback" && return 0
  rm -f "$D/scrollback.new"
  return 1
}

# The loop's share: SCREEN changes when its last lines do, and the age of a file tells until when it lived.
keep_sometimes() {
  [ "$SCREEN" = "$CALM_SCREEN" ] || CALM_SCREEN=$SCREEN CALM=$TICK
  if [ $((TICK - ALIVE)) -ge 120 ]; then
    ALIVE=$TICK
    { : >"$D/alive"; } 2>/dev/null
  fi
  [ "$SCREEN" != "$KEPT_SCREEN" ] || return 0
  # A screen that stands still for 2 s, at most every 10 s; one that never does, every minute.
  [ $((TICK - KEPT)) -ge 120 ] || { [ $((TICK - KEPT)) -ge 20 ] && [ $((TICK - CALM)) -ge 4 ]; } || return 0
  KEPT=$TICK KEPT_SCREEN=$SCREEN
  keep_screen
}

before_sleep() { each_session prepare_sleep; }

prepare_sleep() {
  use_session "$1"
  keep_screen
  iso_now >"$D/asleep"
}

after_wake() { each_session wake_session; }

# Does $1 for every session there is; fails when it failed for one.
each_session() {
  failed=0
  for folder in "$ROOT"/console/*; do
    [ -s "$folder/epoch" ] || continue
    ("$1" "$\{folder##*/}") || failed=$?
  done
  return "$failed"
}

wake_session() {
  use_session "$1"
  if tm has-session -t =am 2>/dev/null; then
    [ -s "$D/asleep" ] || return 0
    read -r since <"$D/asleep"
    write_rest "$since,$(iso_now),sleep,kept,kept"
    tell_rest
    rm -f "$D/asleep"
  else
    cols=120 rows=32
    { read -r cols rows <"$D/size"; } 2>/dev/null
    exec "$SELF" ensure "$S" "$cols" "$rows"
  fi
}

write_rest() {
  REST=$1
  printf '%s\n' "$REST" >"$D/rest.new" && mv "$D/rest.new" "$D/rest"
}

# Lets who watches know; in a shell of its own, so that the courier's way in is open for no longer.
tell_rest() (
  tm set -g @am_rest "$REST"
  read_courier
  open_relay && printf '%s\n' "display-message -p 'am:rest|#{@am_rest}'" >&7
)

# Before a new tmux server: sets MODE when the one before it had an agent running, and REST when there was one.
note_loss() {
  REST='' MODE=''
  rm -f "$D/rest"
  [ -s "$D/epoch" ] || return 0
  since='' cause=sleep
  # A session that lived on after that sleep was lost at another time.
  [ "$D/alive" -nt "$D/asleep" ] || { read -r since <"$D/asleep"; } 2>/dev/null
  [ -n "$since" ] || cause=loss
  [ -n "$since" ] || since=$(date -u -r "$D/alive" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null) || since=$(iso_now)
  rm -f "$D/asleep"
  conversation=new
  read_process
  if [ "$STATE" = running ] && [ "$S" = agent ]; then
    MODE=start
    if can_resume; then MODE=resume conversation=resumed; fi
  fi
  write_rest "$since,$(iso_now),$cause,lost,$conversation"
}

# The runtime names the files in which a conversation would be.
can_resume() {
  while read -r kind pattern; do
    [ "$kind" = file ] && (
      cd "$HOME" || exit 1
      IFS=''
      for candidate in $pattern; do [ -f "$candidate" ] && exit 0; done
      exit 1
    ) && return 0
  done 2>/dev/null <"$ROOT/state/resume"
  return 1
}

restore_screen() {
  { read -r REST <"$D/rest"; } 2>/dev/null || return 0
  [ ! -f "$D/scrollback" ] || cat "$D/scrollback"
  printf '\033]8;;\033\\\033[0m'
  IFS=,
  set -- $REST
  unset IFS
  words=''
  [ "$5" != resumed ] || words=', the conversation goes on'
  if [ "$3" = sleep ]; then say "Slept $(spoken "$1") to $(spoken "$2") · its processes ended, the files are here$words"
  else say "Its processes ended after $(spoken "$1") · started again $(spoken "$2")$words"; fi
}

spoken() {
  set -- "$\{1%:*}"
  printf '%s %s UTC' "$\{1%T*}" "$\{1#*T}"
}

# Goes on with the agent's conversation; an agent that refuses starts with a new one. $1 is set after a loss.
resume_agent() {
  began=$(date +%s)
  run_child agent resume
  [ "$code" -ne 0 ] && [ "$code" -lt 128 ] && [ $(($(date +%s) - began)) -lt 10 ] || return 0
  if [ -n "$\{1:-}" ]; then
    { read -r REST <"$D/rest"; } 2>/dev/null
    write_rest "$\{REST%,*},new"
    tell_rest
  fi
  say 'The conversation could not be continued'
  run_child agent
}
`
