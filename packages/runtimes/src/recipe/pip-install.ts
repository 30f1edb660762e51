import { quote, type RuntimeInstall } from '@agent-machines/core'

export interface PipRuntime {
  readonly runtime: string
  readonly version: string
  /** Versions of Python that the lock covers, such as `3.12`; the first one found is taken. */
  readonly pythons: readonly string[]
  /** A requirements file that names every package with its version and the checksums of its wheels. */
  readonly lock: string
  readonly verify: RuntimeInstall['verify']
}

/**
 * Installs exactly the locked wheels into a virtual environment, without running any script of theirs.
 *
 * The interpreter is the system's, which a machine sees at the same path. A wheel whose checksum is not in the lock
 * fails the install. `bin/python` works wherever the folder is moved to; the scripts beside it name the folder they
 * were installed in, so they are taken away.
 */
export function pipInstall(runtime: PipRuntime): RuntimeInstall {
  const versions = runtime.pythons.join(' or ')
  const script = `set -eu
[ "$(uname -s)" = Linux ] || { echo "no build for $(uname -s)" >&2; exit 78; }
python=
for name in ${runtime.pythons.map((version) => `python${version}`).join(' ')} python3; do
  found=$(command -v "$name") || continue
  case $("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) in
    ${runtime.pythons.join(' | ')}) python=$found; break ;;
  esac
done
[ -n "$python" ] || { echo 'Python ${versions} is not installed where runtimes are installed' >&2; exit 69; }
"$python" -c 'import ensurepip, venv' 2>/dev/null || { echo "venv of $python is not installed where runtimes are installed (package python3-venv)" >&2; exit 69; }
stage=$PREFIX/.stage
rm -rf "$stage"
mkdir -p "$stage"
printf %s ${quote(runtime.lock)} >"$stage/requirements.txt"
"$python" -m venv "$PREFIX"
HOME=$stage "$PREFIX/bin/python" -m pip install --no-input --no-cache-dir --disable-pip-version-check --progress-bar=off --no-compile \\
  --only-binary=:all: --no-deps --require-hashes --requirement "$stage/requirements.txt"
"$PREFIX/bin/python" -m pip uninstall --quiet --yes setuptools pip
# A machine can't write here, and would compile at each start. As with pip, what can't be compiled is left as it is.
"$PREFIX/bin/python" -m compileall -qq -j 0 "$PREFIX/lib" || true
find "$PREFIX/bin" -type f -delete
rm -rf "$stage"
`
  return { runtime: runtime.runtime, version: runtime.version, script, verify: runtime.verify }
}
