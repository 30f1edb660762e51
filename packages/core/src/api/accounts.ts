import { z } from 'zod'
import { keptText } from './holds-no-nul.ts'

export const createSessionSchema = z.strictObject({ token: z.string().min(1).max(256) })
export const sessionAnswerSchema = z.object({ proof: z.string() })
export const createApiKeySchema = z.strictObject({
  name: keptText(64).min(1),
})
export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** First characters, to tell keys apart. */
  prefix: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
})
export type ApiKey = z.infer<typeof apiKeySchema>
export const createdApiKeySchema = apiKeySchema.extend({ key: z.string() })
export const meSchema = z.object({
  principal: z.enum(['session', 'api-key']),
  id: z.string(),
  workspace: z.string(),
  /** Names the session cookie and the browser's stored proof of this installation. */
  instance: z.string(),
  version: z.string(),
})
export type Me = z.infer<typeof meSchema>
