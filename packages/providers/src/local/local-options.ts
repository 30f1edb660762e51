/** What the local substrate needs from the program that starts it. */
export interface LocalProviderOptions {
  readonly dataDirectory: string
  /** Accept machines without a sandbox where none can be started. */
  readonly allowUnisolated: boolean
  /** Accept folders of this computer as workspaces. */
  readonly allowMount: boolean
  /** Proxy, CA and registry variables; only installers of runtimes see them. */
  readonly installerEnvironment: Readonly<Record<string, string>>
  /** The Node whose npm installers use. Default: the running one. */
  readonly nodeExecutable?: string
  readonly log: (message: string, details?: Readonly<Record<string, unknown>>) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A fresh random name of lower-case letters and digits. */
  readonly random: () => string
}
