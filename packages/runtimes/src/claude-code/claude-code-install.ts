import { npmInstall } from '../recipe/npm-install.ts'

export const claudeCodeVersion = '2.1.330'

const builds = [
  ['x64', 'sha512-9Gn+V7DtJ8M1nztP9CeDVl9g3RtrepI7rOFTyPRRnZe8D6zebIHKmC7OvBauucuAP0X0k85SDN/LPVZyjsGezQ=='],
  [
    'arm64',
    'sha512-V4yanAY5EA5UpwwRPtjSfqDbNqAlUJeVn3NYZw2AgmRHjdpSsLtHAzbxRXfkAnbjwTXzE0uedjQxUY02ARPcsA==',
  ],
  [
    'x64-musl',
    'sha512-OnduSSPY1b59FA8jTbq20Y1XkDUV0S1OVyvYBNslEbpX79P81JF7Ih4lgYvDKiFnnSv75z4Kv6qLE5DQqogYXA==',
  ],
  [
    'arm64-musl',
    'sha512-NemfeTqZ30tQDhAeumZgDYoX4ewhAHkN3dbcsyvlgb+yvpKUlcYu5Bor8K+Du5azGe3uy9sftlJxbGhTsCR7zA==',
  ],
] as const

/** The native binary alone, 364 MB; it needs no Node. */
export const claudeCodeInstall = npmInstall({
  runtime: 'claude-code',
  version: claudeCodeVersion,
  builds: builds.map(([platform, integrity]) => ({
    platform,
    package: `@anthropic-ai/claude-code-linux-${platform}`,
    version: claudeCodeVersion,
    integrity,
  })),
  place: 'chmod 755 claude\nmv claude "$PREFIX/bin/claude"',
  executable: 'bin/claude',
  expect: `${claudeCodeVersion} (Claude Code)`,
})
