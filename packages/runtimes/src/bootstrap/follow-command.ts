import { processIdentity } from './runner-script.ts'

/** Bytes of the state file and of the log that were already read. */
export interface BootstrapOffsets {
  readonly state: number
  readonly log: number
}

/** Exit code of a follow command on a machine where no bootstrap was ever started. */
export const nothingToFollow = 11

/**
 * The command that prints the bytes after `offsets`: state on stdout, log on stderr, whole state lines only.
 *
 * It ends when no runner is at work any more, or after one pass with `once`. That a runner was killed shows
 * in the state read so far, which then still says `running`.
 */
export function followBootstrapCommand(
  offsets: BootstrapOffsets = { state: 0, log: 0 },
  options: { readonly once?: boolean } = {},
): { readonly script: string } {
  const script = `cd "$HOME/.agent-machines/bootstrap" 2>/dev/null || exit ${nothingToFollow}
${processIdentity}
[ -e state ] || [ -e plan ] || exit ${nothingToFollow}
[ -e state ] || : >>state
[ -e log ] || : >>log
exec 3<state 4<log
${skip(3, offsets.state)}${skip(4, offsets.log)}tick=0
part=
while :; do
  is_alive runner && going=yes || going=no
  while IFS= read -r text <&3; do
    printf '%s\\n' "$part$text"
    part=
  done
  part=$part$text
  cat <&4 >&2
  [ "$going" = yes ] || break
${options.once ? '  break\n' : ''}  tick=$((tick + 1))
  if [ "$tick" -lt 100 ]; then sleep 0.02; else sleep 0.2; fi
done
exit 0`
  return { script }
}

function skip(descriptor: number, count: number): string {
  return count > 0 ? `dd bs=1 count=0 skip=${Math.trunc(count)} <&${descriptor} 2>/dev/null\n` : ''
}
