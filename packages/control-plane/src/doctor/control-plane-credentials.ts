import { type CredentialStatus, credentialStatusSchema } from '@agent-machines/core'
import { z } from 'zod'

const answerSchema = z.object({ items: z.array(credentialStatusSchema) })

/**
 * What the control plane at `url` says about its credentials.
 *
 * Null where none answers or none was asked, 'refused' where it does not accept the key.
 */
export async function controlPlaneCredentials(
  url: string,
  apiKey: string | null,
  answerMs: number,
): Promise<readonly CredentialStatus[] | 'refused' | null> {
  if (apiKey === null) return null
  try {
    const response = await fetch(new URL('/api/v1/credentials', url), {
      headers: { authorization: `Bearer ${apiKey}` },
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    })
    if (response.status === 401 || response.status === 403) return 'refused'
    return answerSchema.safeParse(await response.json()).data?.items ?? null
  } catch {
    // Nobody there, or nobody who speaks like us: the port's own finding says so.
    return null
  }
}
