import type { GateRequest } from '@agent-machines/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useClient } from './client-context.ts'

const staleTime = 60_000

export function useRuntimes() {
  const client = useClient()
  return useQuery({
    queryKey: ['runtimes'],
    queryFn: async ({ signal }) => (await client.runtimes({ signal })).items,
    staleTime,
  })
}

export function useSubstrates() {
  const client = useClient()
  return useQuery({
    queryKey: ['substrates'],
    queryFn: async ({ signal }) => (await client.substrates({ signal })).items,
    staleTime,
  })
}

export function useUpstreams() {
  const client = useClient()
  return useQuery({
    queryKey: ['upstreams'],
    queryFn: async ({ signal }) => (await client.upstreams({ signal })).items,
    staleTime,
  })
}

/** The models that an upstream lists; not asked for where null. */
export function useModels(upstream: string | null) {
  const client = useClient()
  return useQuery({
    queryKey: ['models', upstream],
    queryFn: ({ signal }) => {
      if (upstream === null) throw new Error('There is no upstream to ask.')
      return client.models(upstream, { signal })
    },
    enabled: upstream !== null,
    staleTime,
  })
}

/** The server's word on a combination; the page's own answer stands until it comes. */
export function useGate(request: GateRequest | null) {
  const client = useClient()
  return useQuery({
    queryKey: ['gate', request],
    queryFn: ({ signal }) => {
      if (!request) throw new Error('There is nothing to ask the gate.')
      return client.gate(request, { signal })
    },
    enabled: request !== null,
    staleTime: 10_000,
  })
}

export interface Labels {
  runtime(id: string): string
  substrate(id: string): string
  upstream(id: string): string
}

/** Names for people; an id stands for itself until its name is known. */
export function useLabels(): Labels {
  const runtimes = useRuntimes().data
  const substrates = useSubstrates().data
  const upstreams = useUpstreams().data
  return useMemo(
    () => ({
      runtime: (id) => runtimes?.find((each) => each.id === id)?.label ?? id,
      substrate: (id) => substrates?.find((each) => each.id === id)?.label ?? id,
      upstream: (id) => upstreams?.find((each) => each.id === id)?.label ?? id,
    }),
    [runtimes, substrates, upstreams],
  )
}
