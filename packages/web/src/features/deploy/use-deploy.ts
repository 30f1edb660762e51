import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useClient } from '../../queries/client-context.ts'
import { putMachine } from '../../queries/machines.ts'
import { saveLastDeploy } from './last-deploy.ts'

/** One machine per request: the same words asked twice carry the same key. */
export function useDeploy() {
  const client = useClient()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const keys = useRef(new Map<string, string>())
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: (request: Parameters<typeof client.machines.create>[0]) => {
      const body = JSON.stringify(request)
      const idempotencyKey = keys.current.get(body) ?? crypto.randomUUID()
      keys.current.set(body, idempotencyKey)
      return client.machines.create(request, { idempotencyKey })
    },
    onSuccess: (machine) => {
      saveLastDeploy(machine)
      putMachine(queryClient, machine)
      const params = { id: machine.id }
      return navigate({ to: '/dashboard/machines/$id/terminal', params, search: { launch: 1 } })
    },
  })
  return { deploy: mutate, isPending: isPending || isSuccess, error }
}
