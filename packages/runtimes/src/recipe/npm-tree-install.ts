import type { RuntimeInstall } from '@agent-machines/core'
import { npmScript } from './npm-script.ts'

export interface NpmTree {
  readonly runtime: string
  readonly version: string
  readonly platforms: readonly string[]
  /**
   * One package a line: its place, `a>b` for `b` below `a`; its version; its SHA-512; and its processor if it is for
   * one alone.
   */
  readonly lock: string
  /** POSIX shell, run where `node_modules` is; moves what is wanted into `$PREFIX`. */
  readonly place: string
  readonly verify: RuntimeInstall['verify']
}

/** Installs a package with all that it depends on, each by its checksum, without running any script of them. */
export function npmTreeInstall(tree: NpmTree): RuntimeInstall {
  const script = npmScript([{ platforms: tree.platforms, ...lockOf(tree.lock) }], tree.place)
  return { runtime: tree.runtime, version: tree.version, script, verify: tree.verify }
}

interface Locked {
  version?: string
  integrity?: string
  cpu?: string[]
  optional?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** Each package is wanted by the one it stands below, or else by us: npm removes what nobody wants. */
function lockOf(lines: string): { manifest: Locked; packages: Record<string, Locked> } {
  const manifest: Locked = {}
  const packages: Record<string, Locked> = {}
  const at = (place: readonly string[]): Locked => {
    if (place.length === 0) return manifest
    const path = place.map((name) => `node_modules/${name}`).join('/')
    packages[path] ??= {}
    return packages[path]
  }
  for (const line of lines.trimEnd().split('\n')) {
    const [place = '', version = '', hash = '', cpu] = line.split(' ')
    const names = place.split('>')
    Object.assign(at(names), {
      version,
      integrity: `sha512-${hash}`,
      ...(cpu && { cpu: [cpu], optional: true }),
    })
    const wanting = at(names.slice(0, -1))
    const kind = cpu ? 'optionalDependencies' : 'dependencies'
    wanting[kind] = { ...wanting[kind], [names.at(-1) ?? '']: version }
  }
  return { manifest, packages }
}
