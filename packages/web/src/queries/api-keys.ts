import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useClient } from './client-context.ts'

const key = ['api-keys'] as const

export function useApiKeys() {
  const client = useClient()
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await client.apiKeys.list({ limit: 200, signal })).items,
  })
}

export function useCreateApiKey() {
  const client = useClient()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => client.apiKeys.create(name),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: key }),
  })
}

export function useRevokeApiKey() {
  const client = useClient()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => client.apiKeys.delete(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: key }),
  })
}
