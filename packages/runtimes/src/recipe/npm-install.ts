import { quote, type RuntimeInstall } from '@agent-machines/core'

/** One build of a runtime as the registry serves it. */
export interface NpmBuild {
  /** `x64`, `arm64`, with `-musl` for musl. */
  readonly platform: string
  readonly package: string
  readonly version: string
  /** Subresource integrity of the tarball; npm refuses any other bytes. */
  readonly integrity: string
}

export interface NpmRuntime {
  readonly runtime: string
  readonly version: string
  readonly builds: readonly NpmBuild[]
  /** POSIX shell, run in the unpacked package; moves what is wanted into `$PREFIX`. */
  readonly place: string
  /** The executable below `$PREFIX`. */
  readonly executable: string
  /** What `--version` prints. */
  readonly expect: string
}

/**
 * Installs exactly one platform package by its checksum, without running any script of it.
 *
 * A lock file names the integrity, so a registry or proxy that serves other bytes fails the install.
 */
export function npmInstall(runtime: NpmRuntime): RuntimeInstall {
  const cases = runtime.builds.map(
    (build) => `  ${build.platform}) build=${quote(aliasOf(build))} lock=${quote(lockFile(build))} ;;`,
  )
  const script = `set -eu
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
printf '{"dependencies":{"build":"%s"}}' "$build" >package.json
printf %s "$lock" >package-lock.json
HOME=$stage/home npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=warn \\
  --fetch-retries=3 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=8000 --fetch-timeout=60000 --cache "$stage/cache"
cd node_modules/build
${runtime.place}
cd "$PREFIX"
rm -rf "$stage"
`
  return {
    runtime: runtime.runtime,
    version: runtime.version,
    script,
    verify: { command: `./${runtime.executable} --version`, expect: runtime.expect },
  }
}

function lockFile(build: NpmBuild): string {
  const version = aliasOf(build)
  return JSON.stringify({
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { dependencies: { build: version } },
      'node_modules/build': {
        name: build.package,
        version: build.version,
        integrity: build.integrity,
      },
    },
  })
}

function aliasOf(build: NpmBuild): string {
  return `npm:${build.package}@${build.version}`
}
