import { fileURLToPath } from 'node:url'
import { type ControlPlaneProcess, type StartOptions, startControlPlane } from './control-plane-process.ts'

const program = fileURLToPath(new URL('tiered-plane-program.ts', import.meta.url))

/** A control plane that knows the substrates of `tiered-substrates.ts`, as far away as told. */
export function startTieredPlane(
  options: Omit<StartOptions, 'program' | 'args'> & { readonly roundTripMs?: number } = {},
): Promise<ControlPlaneProcess> {
  const { roundTripMs = 0, ...rest } = options
  return startControlPlane({
    ...rest,
    program: ['--conditions=source', '--import', import.meta.resolve('tsx'), program],
    args: ['--round-trip-ms', String(roundTripMs)],
  })
}
