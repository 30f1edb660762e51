import type { CreateRunInput } from '@agent-machines/core'
import { type FormEvent, useState } from 'react'
import { AllowAll } from './allow-all.tsx'

export interface TaskFormProps {
  /** Why no task can be given now; null when one can. */
  readonly blocked: string | null
  readonly isPending: boolean
  /** Calls `onTaken` when the task was taken. */
  readonly onStart: (run: CreateRunInput, onTaken: () => void) => void
}

/** A task for the agent, and what it may do for it. */
export function TaskForm({ blocked, isPending, onStart }: TaskFormProps) {
  const [task, setTask] = useState('')
  const [allowAll, setAllowAll] = useState(false)
  const cannot = blocked !== null || isPending || task.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (cannot) return
    onStart({ task, permissions: allowAll ? 'all' : 'configured' }, () => setTask(''))
  }
  return (
    <form className="task-form" onSubmit={submit}>
      <label className="grid gap-1">
        <span className="text-ink-2">Task</span>
        <textarea
          rows={3}
          value={task}
          placeholder="What the agent shall do without you"
          onChange={(event) => setTask(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) submit(event)
          }}
        />
      </label>
      <div className="task-form-end">
        <AllowAll isAllowed={allowAll} onChange={setAllowAll} />
        <span className="flex-1" />
        {blocked !== null && <span className="text-ink-3">{blocked}</span>}
        <button type="submit" className="button button-primary" disabled={cannot}>
          Start the run
        </button>
      </div>
    </form>
  )
}
