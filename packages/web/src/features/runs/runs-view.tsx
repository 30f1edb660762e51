import type { Run } from '@agent-machines/core'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { RunRow } from './run-row.tsx'
import { TaskForm, type TaskFormProps } from './task-form.tsx'
import type { RunEvents } from './use-run-events.ts'

export interface RunsViewProps extends TaskFormProps {
  /** Undefined until they were read. */
  readonly runs: readonly Run[] | undefined
  readonly readError: unknown
  /** Of the last start or cancel. */
  readonly actionError: unknown
  readonly openedId: string | null
  readonly opened: RunEvents
  readonly onRetry: () => void
  readonly onOpen: (runId: string | null) => void
  readonly onCancel: (runId: string) => void
}

/** Tasks given to the agent without its console: a form for the next, and what became of the last ones. */
export function RunsView(props: RunsViewProps) {
  const { runs, readError, actionError, openedId, opened, onOpen, onCancel } = props
  return (
    <section className="panel">
      <h2 className="panel-head">Runs</h2>
      <TaskForm blocked={props.blocked} isPending={props.isPending} onStart={props.onStart} />
      {actionError !== null && <Failure error={actionError} what="That did not work." />}
      {readError !== null && (
        <Failure error={readError} what="The runs could not be read." onRetry={props.onRetry} />
      )}
      {!runs && readError === null && <Loading words="Asking for its runs…" rows={2} />}
      {runs?.length === 0 && (
        <p className="px-4 pb-4 text-ink-3">No runs yet. A run goes on when you close this page.</p>
      )}
      {runs && runs.length > 0 && (
        <ul className="runs">
          {runs.map((run) => (
            <RunRow
              key={run.id}
              run={run}
              read={run.id === openedId ? opened : null}
              onOpen={() => onOpen(run.id === openedId ? null : run.id)}
              onCancel={() => onCancel(run.id)}
            />
          ))}
        </ul>
      )}
    </section>
  )
}
