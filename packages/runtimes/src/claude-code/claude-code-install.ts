import { type NpmBuild, npmInstall } from '../recipe/npm-install.ts'

/** Subresource integrity of each platform's tarball, of each version that can be installed, newest first. */
const versions = {
  '2.1.330': {
    x64: 'sha512-9Gn+V7DtJ8M1nztP9CeDVl9g3RtrepI7rOFTyPRRnZe8D6zebIHKmC7OvBauucuAP0X0k85SDN/LPVZyjsGezQ==',
    arm64: 'sha512-V4yanAY5EA5UpwwRPtjSfqDbNqAlUJeVn3NYZw2AgmRHjdpSsLtHAzbxRXfkAnbjwTXzE0uedjQxUY02ARPcsA==',
    'x64-musl':
      'sha512-OnduSSPY1b59FA8jTbq20Y1XkDUV0S1OVyvYBNslEbpX79P81JF7Ih4lgYvDKiFnnSv75z4Kv6qLE5DQqogYXA==',
    'arm64-musl':
      'sha512-NemfeTqZ30tQDhAeumZgDYoX4ewhAHkN3dbcsyvlgb+yvpKUlcYu5Bor8K+Du5azGe3uy9sftlJxbGhTsCR7zA==',
  },
  '2.1.329': {
    x64: 'sha512-+n4lu1ubYAp02Y0X/MAUnxw9yY6SHHZ77F+IoW+V0wVoFuiI9opdH6gofjf14gXJCEYMTNpks7Gn1i8XZTKAWA==',
    arm64: 'sha512-IiG5umFToSCVWqB1lEsxxwIxKgxPXyZ3DRU915v8J4Bz5Q3JpslM0ew1m5yaT+lFXBPvYxmsEgi0XI68XHND0A==',
    'x64-musl':
      'sha512-EouW7B/aG3GOQBmzN9MxHV9uTOE2r6E+VIlFBrBgIEBuBBF4qH1GTvg5/CVf53gGp4DgVf1CYdBHjS+2NeDP4A==',
    'arm64-musl':
      'sha512-uVWrRp60cqvikJ13Rtmlkd8WuJtJEWAuGJzenJ0or0I7by05kRWopFdDdpWYQi8dRIJ6+W9T9w+PA4B+EjfCXQ==',
  },
}

/** The native binary alone, 364 MB; it needs no Node. */
export const claudeCodeInstalls = Object.entries(versions).map(([version, integrities]) =>
  npmInstall({
    runtime: 'claude-code',
    version,
    builds: Object.entries(integrities).map(
      ([platform, integrity]): NpmBuild => ({
        platform,
        package: `@anthropic-ai/claude-code-linux-${platform}`,
        version,
        integrity,
      }),
    ),
    place: 'chmod 755 claude\nmv claude "$PREFIX/bin/claude"',
    executable: 'bin/claude',
    expect: `${version} (Claude Code)`,
  }),
)
