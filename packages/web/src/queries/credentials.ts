import type { PutCredential } from '@agent-machines/core'
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

/** Saves or removes a credential; everything that depends on one is asked for anew. */
export function useCredentialChange() {
  const client = useClient()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ name, credential }: { name: string; credential: PutCredential | null }) => {
      if (credential) await client.credentials.put(name, credential)
      else await client.credentials.delete(name)
    },
    onSuccess: async () => {
      const keys = ['credentials', 'runtimes', 'substrates', 'upstreams', 'gate']
      await Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })))
    },
  })
}
