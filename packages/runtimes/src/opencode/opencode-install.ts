import { npmInstall } from '../recipe/npm-install.ts'

/** In the folder of a version. */
export const emptyDatabase = 'empty.db'

/** Subresource integrity of the tarball of each version that can be installed, newest first. */
const versions = {
  '1.18.33':
    'sha512-1KQGBiiDDeL/VHHbHkOvvFo8Jr97WT5+C1tear+p7IcDTnXgVHXqIjU4O4jM4mHQzykTP2i884FCnW5LDa+zCA==',
  '1.18.32':
    'sha512-XXO4htNdJEoj935NGMYNGjD1M8ZiJPo2u2cQzIyeBjinoClI7iXOHBPw+Twm/ZuzFHKtmI2594bt0GWIwTetkw==',
}

/**
 * The CLI makes its database at its first start, and two that start at once, such as the console's and a run's, get in
 * each other's way (`Failed query`). So an empty one is made here for every machine to begin with.
 */
const place = `chmod 755 bin/opencode
mv bin/opencode "$PREFIX/bin/opencode"
mkdir "$PREFIX/first"
HOME=$PREFIX/first "$PREFIX/bin/opencode" db 'pragma wal_checkpoint(truncate)' >/dev/null &&
  mv "$PREFIX/first/.local/share/opencode/opencode.db" "$PREFIX/${emptyDatabase}"
rm -rf "$PREFIX/first"`

/** The native binary alone, 177 MB; it needs no Node. The baseline build serves every x64 processor. */
export const openCodeInstalls = Object.entries(versions).map(([version, integrity]) =>
  npmInstall({
    runtime: 'opencode',
    version,
    builds: [{ platform: 'x64', package: 'opencode-linux-x64-baseline', version, integrity }],
    place,
    executable: 'bin/opencode',
    expect: version,
  }),
)
