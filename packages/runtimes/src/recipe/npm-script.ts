import { quote } from '@agent-machines/core'

/** What npm installs on some platforms: a `package.json`, and the packages of its lock file by their places. */
export interface NpmLock {
  /** `x64`, `arm64`, with `-musl` for musl. */
  readonly platforms: readonly string[]
  readonly manifest: object
  readonly packages: object
}

/**
 * POSIX shell that installs what is locked for the platform it runs on, without running any script of it.
 *
 * The lock names the integrity of each package, so a registry or proxy that serves other bytes fails the install.
 * `place` is shell, run where `node_modules` is; it moves what is wanted into `$PREFIX`.
 */
export function npmScript(locks: readonly NpmLock[], place: string): string {
  const cases = locks.map(({ platforms, manifest, packages }) => {
    const lock = { lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } }
    return `  ${platforms.join(' | ')}) manifest=${quote(JSON.stringify(manifest))} lock=${quote(JSON.stringify(lock))} ;;`
  })
  return `set -eu
command -v npm >/dev/null || { echo 'npm is not installed where runtimes are installed' >&2; exit 69; }
case $(uname -s) in Linux) ;; *) echo "no build for $(uname -s)" >&2; exit 78 ;; esac
case $(uname -m) in
  x86_64 | amd64) platform=x64 ;;
  aarch64 | arm64) platform=arm64 ;;
  *) echo "no build for $(uname -m)" >&2; exit 78 ;;
esac
if ls /lib/ld-musl-* >/dev/null 2>&1 && ! ls /lib*/ld-linux-* >/dev/null 2>&1; then platform=$platform-musl; fi
case $platform in
${cases.join('\n')}
  *) echo "no build for $platform" >&2; exit 78 ;;
esac
stage=$PREFIX/.stage
rm -rf "$stage"
mkdir -p "$stage/home" "$PREFIX/bin"
cd "$stage"
printf %s "$manifest" >package.json
printf %s "$lock" >package-lock.json
HOME=$stage/home npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=warn \\
  --fetch-retries=3 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=8000 --fetch-timeout=60000 --cache "$stage/cache"
${place}
cd "$PREFIX"
rm -rf "$stage"
`
}
