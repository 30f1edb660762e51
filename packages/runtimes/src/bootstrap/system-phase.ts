import { permanentFailure } from './runner-script.ts'

const neededMiB = 64

/** Finds what no later phase can do without: the terminal multiplexer and room in the home. */
export const systemScript = `command -v tmux >/dev/null || {
  echo 'tmux is not installed on this machine.' >&2
  exit ${permanentFailure}
}
set -- $(df -Pk .)
free=\${11:-0}
if [ "$free" -lt ${neededMiB * 1024} ]; then
  echo "No space left on device: $((free / 1024)) MiB are free in the home, ${neededMiB} MiB are needed." >&2
  exit ${permanentFailure}
fi
echo "tmux is there, $((free / 1024)) MiB are free."`
