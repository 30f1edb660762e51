import { z } from 'zod'

export const runDatabaseOptionsSchema = z.object({
  data: z.string(),
  /** Module from which the package of binaries is found. */
  packageFrom: z.string(),
  /** Becomes this user first. */
  uid: z.number().optional(),
  runtimeDirectory: z.string().optional(),
  /** Marks the rows this run writes. */
  run: z.string(),
})
export type RunDatabaseOptions = z.infer<typeof runDatabaseOptionsSchema>

export const runDatabaseReportSchema = z.object({
  event: z.string(),
  pid: z.number().optional(),
  socketDirectory: z.string().optional(),
  number: z.number().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
})
export type RunDatabaseReport = z.infer<typeof runDatabaseReportSchema>
