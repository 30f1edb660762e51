// @vitest-environment happy-dom
import type { Client } from '@agent-machines/client'
import type { Run } from '@agent-machines/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { ClientProvider } from './client-context.ts'
import { useRuns, useStartRun } from './runs.ts'

afterEach(cleanup)

describe('useStartRun', () => {
  it('shows a run at once, also when a list from before it is answered later', async () => {
    const stored: Run[] = []
    const answers: (() => void)[] = []
    const list = (_machineId: string, { signal }: { signal?: AbortSignal }) =>
      new Promise<{ items: Run[] }>((resolve, reject) => {
        const items = [...stored]
        answers.push(() => resolve({ items }))
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
    const create = async () => {
      const run = { id: 'new', state: 'running' } as Run
      stored.push(run)
      return run
    }
    const { result } = renderHook(() => ({ runs: useRuns('m', 'run'), start: useStartRun('m', 'run') }), {
      wrapper: withClient({ runs: { list, create } } as unknown as Client),
    })

    act(() => result.current.start.mutate({ task: 'fix it', permissions: 'configured' }))
    await waitFor(() => expect(idsOf(result.current.runs.data)).toEqual(['new']))
    await act(async () => {
      for (const answer of answers) answer()
      await new Promise((resolve) => setTimeout(resolve, 20))
    })

    expect(idsOf(result.current.runs.data)).toEqual(['new'])
  })
})

const idsOf = (runs: readonly Run[] | undefined) => runs?.map(({ id }) => id)

function withClient(client: Client) {
  const queryClient = new QueryClient()
  return ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>
      <ClientProvider value={client}>{children}</ClientProvider>
    </QueryClientProvider>
  )
}
