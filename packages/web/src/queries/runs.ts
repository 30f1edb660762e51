import { type CreateRunInput, isRunOver, type Run, type RunOrigin } from '@agent-machines/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useClient } from './client-context.ts'
import { ignoreCancelled } from './machines.ts'

const keyOf = (machineId: string, origin: RunOrigin) => ['runs', machineId, origin] as const
/** While a run goes on; otherwise only somebody else's could be new. */
const busyRefreshMs = 1_500
const quietRefreshMs = 30_000
const shown: Readonly<Record<RunOrigin, number>> = { run: 20, chat: 100 }

/** The latest runs of a machine with this origin, newest first. */
export function useRuns(machineId: string, origin: RunOrigin) {
  const client = useClient()
  return useQuery({
    queryKey: keyOf(machineId, origin),
    queryFn: async ({ signal }) =>
      (await client.runs.list(machineId, { limit: shown[origin], origin, signal })).items,
    refetchInterval: ({ state }) =>
      state.data?.some((run) => !isRunOver(run.state)) ? busyRefreshMs : quietRefreshMs,
  })
}

export function useStartRun(machineId: string, origin: RunOrigin) {
  const client = useClient()
  const putRun = usePutRun(machineId, origin)
  return useMutation({
    mutationFn: (run: CreateRunInput) => client.runs.create(machineId, run),
    onSuccess: putRun,
  })
}

export function useCancelRun(machineId: string, origin: RunOrigin) {
  const client = useClient()
  const putRun = usePutRun(machineId, origin)
  return useMutation({
    mutationFn: (runId: string) => client.runs.cancel(machineId, runId),
    onSuccess: putRun,
  })
}

function usePutRun(machineId: string, origin: RunOrigin) {
  const queryClient = useQueryClient()
  const queryKey = keyOf(machineId, origin)
  return async (run: Run) => {
    // A list that was asked for before holds the run not yet, and would be shown until the next is due.
    await queryClient.cancelQueries({ queryKey })
    queryClient.setQueryData<Run[]>(queryKey, (runs = []) =>
      runs.some(({ id }) => id === run.id)
        ? runs.map((each) => (each.id === run.id ? run : each))
        : [run, ...runs],
    )
    queryClient.invalidateQueries({ queryKey }).catch(ignoreCancelled)
  }
}
