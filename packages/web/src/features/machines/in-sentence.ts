/** A label in the middle of a sentence: `This computer` becomes `this computer`; names stay as they are. */
export function inSentence(label: string): string {
  return label.replace(/^This /, 'this ')
}
