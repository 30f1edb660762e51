import { npmInstall } from '../recipe/npm-install.ts'

export const codexVersion = '0.169.0'

const x64 = 'sha512-o05NyAOCDygSPRo1yinzxvkRSdmsZyBD9E7mbpmjRanSfM8lypqWtQgEo4XfNkwhuCR2aFu8mlGOsQGFXVbVww=='
const arm64 =
  'sha512-NZ/DaQUpcQmxmqee7Z9uC1rzw3GhSbooawcaTe1LN5Yk+WlinUKGdTXJgClRT/9ogQEEM9TWxYzvxPfj5G/xFg=='

/** The static build serves glibc and musl alike; its helpers keep their places beside it. */
const builds = [
  ['x64', 'x64', x64],
  ['x64-musl', 'x64', x64],
  ['arm64', 'arm64', arm64],
  ['arm64-musl', 'arm64', arm64],
] as const

export const codexInstall = npmInstall({
  runtime: 'codex',
  version: codexVersion,
  builds: builds.map(([platform, build, integrity]) => ({
    platform,
    package: '@openai/codex',
    version: `${codexVersion}-linux-${build}`,
    integrity,
  })),
  place: 'rmdir "$PREFIX/bin"\nrm -rf vendor/*/codex-resources/voice\nmv vendor/*/* "$PREFIX/"',
  executable: 'bin/codex',
  expect: `codex-cli ${codexVersion}`,
})
