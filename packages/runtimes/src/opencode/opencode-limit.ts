const limitWords = /\b429\b|too many requests|rate.?limit|usage limit|quota/i

/** Whether the model source refused because somebody has used it enough. */
export function saysLimit(message: string): boolean {
  return limitWords.test(message)
}
