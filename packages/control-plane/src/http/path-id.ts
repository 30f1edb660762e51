import { z } from 'zod'

/** An id in a path; the database would not take NUL for one that does not exist. */
export const pathId = z.string().regex(/^[^\0]{1,64}$/, 'An id.')
