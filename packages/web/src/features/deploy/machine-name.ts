const firsts = [
  'amber',
  'brisk',
  'calm',
  'clever',
  'copper',
  'early',
  'fair',
  'gentle',
  'keen',
  'level',
  'lucid',
  'mellow',
  'nimble',
  'open',
  'plain',
  'quiet',
  'rapid',
  'steady',
  'sunny',
  'true',
] as const
const seconds = [
  'anchor',
  'basin',
  'bridge',
  'canyon',
  'cedar',
  'delta',
  'field',
  'forge',
  'grove',
  'harbor',
  'island',
  'lantern',
  'meadow',
  'orbit',
  'pier',
  'quarry',
  'ridge',
  'signal',
  'summit',
  'valley',
] as const

/** A name to start from, `clever-harbor`; `random` gives numbers from 0 up to 1. */
export function makeMachineName(random: () => number): string {
  const first = firsts[Math.floor(random() * firsts.length)] ?? firsts[0]
  const second = seconds[Math.floor(random() * seconds.length)] ?? seconds[0]
  return `${first}-${second}`
}
