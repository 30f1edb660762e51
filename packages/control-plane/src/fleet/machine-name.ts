const qualities = [
  'amber',
  'brisk',
  'calm',
  'clear',
  'deft',
  'early',
  'fair',
  'fleet',
  'keen',
  'lucid',
  'merry',
  'neat',
  'plain',
  'quick',
  'quiet',
  'spry',
  'still',
  'swift',
  'tidy',
  'warm',
]
const things = [
  'alder',
  'anchor',
  'birch',
  'brook',
  'cedar',
  'comet',
  'delta',
  'ember',
  'fjord',
  'harbor',
  'heron',
  'lark',
  'maple',
  'meadow',
  'otter',
  'quarry',
  'reef',
  'sparrow',
  'summit',
  'willow',
]

/** A name a person can say, `quiet-heron`; 400 of them, so a taken one gets a number by the caller. */
export function makeMachineName(random: () => number): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? 'machine'
  return `${pick(qualities)}-${pick(things)}`
}
