import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MachineProvider } from '@agent-machines/core'
import { findTools } from '../host-tools.ts'
import { LocalHost } from '../local-host.ts'
import type { LocalProviderOptions } from '../local-options.ts'
import { createLocalProvider, localProviderOn } from '../local-provider.ts'

/** A data directory of its own, and providers over it. */
export interface LocalPlace {
  readonly dataDirectory: string
  provider(options?: Partial<LocalProviderOptions>): MachineProvider
  /** As on a computer where nothing that makes or enters a sandbox is installed. */
  withoutSandbox(options?: Partial<LocalProviderOptions>): MachineProvider
  remove(): Promise<void>
}

export async function aLocalPlace(): Promise<LocalPlace> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'am-local-'))
  await chmod(dataDirectory, 0o711)
  const complete = (options: Partial<LocalProviderOptions>) => ({ ...optionsFor(dataDirectory), ...options })
  return {
    dataDirectory,
    provider: (options = {}) => createLocalProvider(complete(options)),
    withoutSandbox: (options = {}) =>
      localProviderOn(
        new LocalHost(complete(options), async () => ({
          ...(await findTools()),
          bwrap: null,
          nsenter: null,
        })),
      ),
    remove: () => rm(dataDirectory, { recursive: true, force: true }),
  }
}

export function localProviderIn(dataDirectory: string): MachineProvider {
  return createLocalProvider(optionsFor(dataDirectory))
}

function optionsFor(dataDirectory: string): LocalProviderOptions {
  return {
    dataDirectory,
    allowUnisolated: false,
    allowMount: false,
    installerEnvironment: {},
    log: () => undefined,
    now: Date.now,
    random: () => randomBytes(6).toString('hex'),
  }
}
