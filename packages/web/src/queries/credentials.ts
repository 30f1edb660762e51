import type { PutCredential, UpstreamCheck } from '@agent-machines/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useClient } from './client-context.ts'

export function useCredentials() {
  const client = useClient()
  return useQuery({
    queryKey: ['credentials'],
    queryFn: async ({ signal }) => (await client.credentials.list({ signal })).items,
    staleTime: 30_000,
  })
}

export interface CredentialChange {
  readonly name: string
  /** Null removes it. */
  readonly credential: PutCredential | null
  /** Whether the upstream is asked first, and nothing is saved that it does not take. */
  readonly isChecked: boolean
}

/** Saves or removes a credential, or gives the check that it failed; everything that depends on one is asked for anew. */
export function useCredentialChange() {
  const client = useClient()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ name, credential, isChecked }: CredentialChange): Promise<UpstreamCheck | null> => {
      const check = credential && isChecked ? await client.credentials.check(name, credential) : null
      if (check?.state === 'failed') return check
      if (credential) await client.credentials.put(name, credential)
      else await client.credentials.delete(name)
      return check
    },
    onSuccess: async (check) => {
      if (check?.state === 'failed') return
      const keys = ['credentials', 'runtimes', 'substrates', 'upstreams', 'models', 'gate']
      await Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })))
    },
  })
}
