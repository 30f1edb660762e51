import { useMutation, useQuery } from '@tanstack/react-query'
import { forgetProof, saveProof } from '../session/proof.ts'
import { useClient } from './client-context.ts'

export function useMe() {
  const client = useClient()
  return useQuery({ queryKey: ['me'], queryFn: ({ signal }) => client.me({ signal }), staleTime: 300_000 })
}

export function useSignIn() {
  const client = useClient()
  return useMutation({
    mutationFn: async (token: string) => {
      const { proof } = await client.session.create(token)
      saveProof(proof)
    },
  })
}

export function useSignOut() {
  const client = useClient()
  return useMutation({
    mutationFn: () => client.session.delete(),
    onSettled: forgetProof,
  })
}
