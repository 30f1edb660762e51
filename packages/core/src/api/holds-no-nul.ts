import { z } from 'zod'

/** No argument, folder or variable of a process can hold one. */
export function holdsNoNul(text: string): boolean {
  return !text.includes('\0')
}

/** Text that Postgres can keep in a JSON document: no NUL, and no half of a surrogate pair. */
export const keptText = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine(
      (text) => holdsNoNul(text) && !/\p{Surrogate}/u.test(text),
      'It cannot hold NUL, nor half a character.',
    )
