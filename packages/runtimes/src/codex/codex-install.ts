import { npmInstall } from '../recipe/npm-install.ts'

/** Subresource integrity of each build's tarball, of each version that can be installed, newest first. */
const versions = {
  '0.169.0': {
    x64: 'sha512-o05NyAOCDygSPRo1yinzxvkRSdmsZyBD9E7mbpmjRanSfM8lypqWtQgEo4XfNkwhuCR2aFu8mlGOsQGFXVbVww==',
    arm64: 'sha512-NZ/DaQUpcQmxmqee7Z9uC1rzw3GhSbooawcaTe1LN5Yk+WlinUKGdTXJgClRT/9ogQEEM9TWxYzvxPfj5G/xFg==',
  },
  '0.168.0': {
    x64: 'sha512-0RfDOlpWUh3JthqYuD0Eu1Ot4m58rO2JGbKkJIEbJEMb3MwdLeVLMEvlxgHwmsknq41sF8xXlr0RB5ygFWOMaw==',
    arm64: 'sha512-QQh3WpLwWhGimv4QeP9rmuLv/qpql6QDUI9eFHkaB+I4rGi6SXHnXCSiMWZhki1Rz6gZM5U/YHypRjnY1A57BQ==',
  },
}

/** The static build serves glibc and musl alike; its helpers keep their places beside it. */
export const codexInstalls = Object.entries(versions).map(([version, integrities]) =>
  npmInstall({
    runtime: 'codex',
    version,
    builds: Object.entries(integrities).flatMap(([build, integrity]) =>
      [build, `${build}-musl`].map((platform) => ({
        platform,
        package: '@openai/codex',
        version: `${version}-linux-${build}`,
        integrity,
      })),
    ),
    place: 'rmdir "$PREFIX/bin"\nrm -rf vendor/*/codex-resources/voice\nmv vendor/*/* "$PREFIX/"',
    executable: 'bin/codex',
    expect: `codex-cli ${version}`,
  }),
)
