import type { BootstrapPlan, PlannedPhase } from '@agent-machines/core'

/** The phase that puts the files of a plan to use, and so is run again when one of them changed. */
export const configurationPhase = 'configuration'

/** The phases that are run at every start: what they made is gone when the machine lost its processes. */
export const consolePhase = 'console'
export const gatewayPhase = 'gateway'

/** The fingerprint of a phase that is never skipped. */
export const neverKept = '-'

/** Changes when a done phase must be run again; not a secret and not collision-proof against an adversary. */
export function fingerprintOf(plan: BootstrapPlan, phase: PlannedPhase): string {
  if (phase.id === consolePhase || phase.id === gatewayPhase) return neverKept
  const files = phase.id === configurationPhase ? plan.files : []
  return hash([phase.script, ...files.flatMap((file) => [file.path, file.content])].join('\0'))
}

/** FNV-1a, 32 bits, twice with different seeds. */
function hash(text: string): string {
  return [0x811c9dc5, 0x01000193].map((seed) => fnv(text, seed).toString(16).padStart(8, '0')).join('')
}

function fnv(text: string, seed: number): number {
  let value = seed
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0
  }
  return value
}
