import type { Machine } from '@agent-machines/core'
import { factsOf } from '../../components/failure.tsx'
import { useToast } from '../../components/toasts.tsx'
import { useMachineCommand } from '../../queries/machines.ts'

/** Sleep and wake are each other's undo, so they happen at once and offer the other. */
export function useSleepAndWake(machine: Machine) {
  const { mutateAsync, isPending } = useMachineCommand(machine.id)
  const toast = useToast()
  // The row or page that asked may be gone by the answer; what it says is said anyway.
  const run = (kind: 'sleep' | 'wake') => {
    mutateAsync({ kind }).then(
      () =>
        toast(
          kind === 'sleep'
            ? {
                text: `${machine.name} goes to sleep`,
                shape: 'asleep',
                action: { label: 'Wake', run: () => run('wake') },
              }
            : { text: `${machine.name} wakes`, shape: 'waking' },
        ),
      (error: unknown) =>
        toast({
          text: `Couldn’t ${kind} ${machine.name}: ${factsOf(error).detail}`,
          shape: 'failed',
          action: { label: 'Retry', run: () => run(kind) },
        }),
    )
  }
  return { sleep: () => run('sleep'), wake: () => run('wake'), isPending }
}
