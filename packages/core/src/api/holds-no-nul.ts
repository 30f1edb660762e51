/** No argument, folder or variable of a process can hold one. */
export function holdsNoNul(text: string): boolean {
  return !text.includes('\0')
}

/** What Postgres can keep in a JSON document: no NUL, and no half of a surrogate pair. */
export function canBeKept(text: string): boolean {
  return holdsNoNul(text) && !/\p{Surrogate}/u.test(text)
}
