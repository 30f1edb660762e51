import { quote, type RuntimeInstall } from '@agent-machines/core'

/** How long an old failure in the installer's log may stand before it counts. */
const staleFailureS = 10

/**
 * Waits until the runtime that machines share is there, showing the installer's log meanwhile.
 *
 * The folder appears in one step when the install is complete. A failure that the log already held when this
 * phase began may be of an earlier install, so it counts only when no new one starts.
 */
export function sharedRuntimeScript(install: RuntimeInstall, path: string): string {
  const log = `${path.slice(0, path.lastIndexOf('/', path.lastIndexOf('/') - 1))}/.log/${install.runtime}-${install.version}.log`
  return `path=${quote(path)}
log=${quote(log)}
begun=$HOME/.agent-machines/bootstrap/runtime-begun
: >"$begun"
tick=0
reading=
while [ ! -d "$path" ]; do
  if [ -z "$reading" ] && [ "$log" -nt "$begun" ]; then exec 4<"$log" && reading=yes; fi
  if [ -n "$reading" ]; then cat <&4; fi
  if [ -n "$reading" ] || [ "$tick" -ge ${staleFailureS * 5} ]; then
    case $(tail -n 1 "$log" 2>/dev/null) in
      'am-install: failed'*)
        [ -n "$reading" ] || cat "$log"
        exit 1 ;;
    esac
  fi
  tick=$((tick + 1))
  sleep 0.2
done
${verifyScript(install, path)}`
}

/** Installs the runtime into the home: beside its place, verified there, then moved in one step. */
export function ownRuntimeScript(install: RuntimeInstall, path: string): string {
  return `path=${quote(path)}
if [ ! -d "$path" ]; then
  mkdir -p "$(dirname "$path")"
  PREFIX=$path.partial
  export PREFIX
  rm -rf "$PREFIX"
  mkdir "$PREFIX" || exit 1
  /bin/sh -c ${quote(install.script)} || exit $?
  (path=$PREFIX
${verifyScript(install, `${path}.partial`)}) || exit $?
  mv "$PREFIX" "$path" || exit 1
fi
${verifyScript(install, path)}`
}

function verifyScript(install: RuntimeInstall, path: string): string {
  return `cd ${quote(path)} || exit 1
version=$(${install.verify.command} 2>&1)
case $version in
  *${quote(install.verify.expect)}*) echo "$version" ;;
  *)
    echo "The version is '$version', not ${install.version}: the wrong version was installed." >&2
    exit 1 ;;
esac`
}
