import { randomFrom } from '../testing/random.ts'
import { type TieredSubstrate, tieredSubstrates } from '../testing/tiered-substrates.ts'
import { type NetworkFault, pick } from './fault-proxy.ts'

/** Faults of the machine, of the control planes, and what people do. */
export type Fault =
  | NetworkFault
  | 'kill-instance'
  | 'freeze-instance'
  | 'kill-courier'
  | 'kill-tmux'
  | 'fill-disk'
  | 'take-over'
  | 'stall-viewer'

export interface PlannedFault {
  readonly atMs: number
  readonly fault: Fault
}

/** One scenario; the same seed gives the same one. */
export interface FaultPlan {
  readonly seed: number
  readonly substrate: TieredSubstrate
  readonly typists: readonly ('ws' | 'sse')[]
  readonly viewers: readonly ('ws' | 'sse' | 'poll')[]
  readonly typedMs: number
  readonly faults: readonly PlannedFault[]
}

const everyFault: readonly Fault[] = [
  'cut',
  'cut',
  'truncate',
  'half-open',
  'hold',
  'slow',
  'replay',
  'replay',
  'kill-instance',
  'freeze-instance',
  'kill-courier',
  'kill-tmux',
  'fill-disk',
  'take-over',
  'stall-viewer',
]

export function planOf(seed: number): FaultPlan {
  const random = randomFrom(seed)
  const typedMs = random.between(700, 1400)
  const count = random.between(1, 5)
  const faults = Array.from({ length: count }, () => ({
    atMs: random.between(50, typedMs - 100),
    fault: pick(random, everyFault),
  }))
  return {
    seed,
    typedMs,
    substrate: pick(random, Object.keys(tieredSubstrates) as TieredSubstrate[]),
    typists: [pick(random, ['ws', 'sse']), pick(random, ['ws', 'sse'])],
    viewers: [pick(random, ['ws', 'sse', 'poll']), pick(random, ['ws', 'sse'])],
    faults: faults.sort((one, other) => one.atMs - other.atMs),
  }
}

export function describePlan({ seed, substrate, typists, viewers, typedMs, faults }: FaultPlan): string {
  const what = faults.map(({ atMs, fault }) => `${fault} at ${atMs}`).join(', ')
  return `seed ${seed}: ${substrate}, typing by ${typists.join(' and ')}, watching by ${viewers.join(' and ')}, ${typedMs} ms: ${what}`
}
