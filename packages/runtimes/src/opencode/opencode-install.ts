import { npmInstall } from '../recipe/npm-install.ts'

export const openCodeVersion = '1.18.33'

/** The native binary alone, 177 MB; it needs no Node. The baseline build serves every x64 processor. */
export const openCodeInstall = npmInstall({
  runtime: 'opencode',
  version: openCodeVersion,
  builds: [
    {
      platform: 'x64',
      package: 'opencode-linux-x64-baseline',
      version: openCodeVersion,
      integrity:
        'sha512-1KQGBiiDDeL/VHHbHkOvvFo8Jr97WT5+C1tear+p7IcDTnXgVHXqIjU4O4jM4mHQzykTP2i884FCnW5LDa+zCA==',
    },
  ],
  place: 'chmod 755 bin/opencode\nmv bin/opencode "$PREFIX/bin/opencode"',
  executable: 'bin/opencode',
  expect: openCodeVersion,
})
