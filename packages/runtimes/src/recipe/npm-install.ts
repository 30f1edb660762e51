import type { RuntimeInstall } from '@agent-machines/core'
import { npmScript } from './npm-script.ts'

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
  const script = npmScript(
    runtime.builds.map((build) => ({ platforms: [build.platform], ...lockOf(build) })),
    `cd node_modules/build\n${runtime.place}`,
  )
  return {
    runtime: runtime.runtime,
    version: runtime.version,
    script,
    verify: { command: `./${runtime.executable} --version`, expect: runtime.expect },
  }
}

function lockOf(build: NpmBuild): { manifest: object; packages: object } {
  const { package: name, version, integrity } = build
  const manifest = { dependencies: { build: `npm:${name}@${version}` } }
  return { manifest, packages: { 'node_modules/build': { name, version, integrity } } }
}
