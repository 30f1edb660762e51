import { quoteAll } from '../shell/quote.ts'

/** How much of each stream one answer holds. */
export const pieceBytes = 400 * 1024

/**
 * Keeps what a command says in files, however long it takes somebody to ask.
 *
 * The streams are pipes, so that the command can open them by name. Whoever asks leaves a sign; a command
 * for which nobody has asked for two minutes is ended: its reader was killed.
 */
const runner = `
d=$1
mkfifo "$d/o" "$d/e"
(while sleep 10 && [ -d "$d" ]; do
  [ -z "$(find "$d/seen" -mmin +2 2>/dev/null)" ] || { rm -rf "$d"; kill -s KILL -- "-$$"; }
done) </dev/null >/dev/null 2>&1 &
keep() { sh -c 'echo $$ >"$1"; exec cat' am-keep "$d/$1.cat" <"$d/$1" >>"$d/$2"; : >"$d/$1.end"; }
keep o out & keep e err &
(umask "$2"; exec /bin/sh -c "$3") <"$d/in" >"$d/o" 2>"$d/e"
code=$?
tries=0
until [ -e "$d/o.end" ] && [ -e "$d/e.end" ] || [ "$tries" -ge 25 ]; do tries=$((tries + 1)); sleep 0.02; done
echo "$code" >"$d/exit.new" && mv "$d/exit.new" "$d/exit"
`

function folderOf(id: string): string {
  return `/tmp/am-stream-${id}`
}

/** Starts the script as a process group of its own; standard input is the command's. */
export function startDetached(id: string, script: string): string {
  return `d=${folderOf(id)} mask=$(umask)
umask 077
mkdir "$d" && cat >"$d/in" && : >"$d/out" && : >"$d/err" && : >"$d/seen" || exit 1
setsid /bin/sh -c ${quoteAll([runner, 'am-stream'])} "$d" "$mask" ${quoteAll([script])} </dev/null >/dev/null 2>&1 &
echo $! >"$d/pid"`
}

/** Waits up to `waitMs` for more than was read, and answers with one line of sizes and the bytes. */
export function readDetached(
  id: string,
  read: { readonly stdout: number; readonly stderr: number },
  waitMs: number,
): string {
  return `cd ${folderOf(id)} || exit 1
: >seen
o=${read.stdout} e=${read.stderr} most=${pieceBytes} left=${Math.ceil(waitMs / 50)}
while :; do
  code=-
  if [ -e exit ]; then read -r code <exit; fi
  set -- $(wc -c out err)
  [ "$1" -eq "$o" ] && [ "$3" -eq "$e" ] && [ "$code" = - ] && [ "$left" -gt 0 ] || break
  left=$((left - 1))
  sleep 0.05 2>/dev/null || sleep 1
done
outs=$(($1 - o)) errs=$(($3 - e))
held=CONT
[ "$outs" -lt 67108864 ] && [ "$errs" -lt 67108864 ] || held=STOP
kill "-$held" $(cat o.cat e.cat) 2>/dev/null
[ "$o" -lt 4194304 ] || fallocate -p -o 0 -l "$o" out 2>/dev/null
if [ "$outs" -gt "$most" ]; then outs=$most code=-; fi
if [ "$errs" -gt "$most" ]; then errs=$most code=-; fi
printf '%s %s %s\\n' "$outs" "$errs" "$code"
tail -c "+$((o + 1))" out | head -c "$outs"
tail -c "+$((e + 1))" err | head -c "$errs"`
}

/** Ends the process group, or forgets one that has ended. */
export function endDetached(id: string, hasEnded: boolean): string {
  const kill = hasEnded ? '' : 'read -r pid <pid && kill -s KILL -- "-$pid" 2>/dev/null; '
  return `cd ${folderOf(id)} 2>/dev/null || exit 0; ${kill}cd / && rm -rf ${folderOf(id)}`
}
