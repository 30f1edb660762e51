// @vitest-environment happy-dom
import { AgentMachinesError, type Run, type StoredRunEvent } from '@agent-machines/core'
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RunsView, type RunsViewProps } from './runs-view.tsx'

afterEach(cleanup)

describe('the runs of a machine', () => {
  it('starts a task with what it may do, and empties the form when it was taken', () => {
    const onStart = vi.fn()
    show({ onStart })

    fireEvent.change(screen.getByLabelText('Task'), { target: { value: 'fix it' } })
    fireEvent.click(screen.getByLabelText('Let it do everything on this machine'))
    fireEvent.click(screen.getByRole('button', { name: 'Start the run' }))

    expect(onStart).toHaveBeenCalledExactlyOnceWith(
      { task: 'fix it', permissions: 'all' },
      expect.any(Function),
    )
    act(() => onStart.mock.lastCall?.[1]())
    expect(screen.getByLabelText<HTMLTextAreaElement>('Task').value).toBe('')
  })

  it('keeps a task that was refused, and says why it was', () => {
    const error = new AgentMachinesError('GATE_BLOCKED', 'Anthropic is no longer set up.')
    show({ actionError: error })

    fireEvent.change(screen.getByLabelText('Task'), { target: { value: 'fix it' } })
    fireEvent.submit(screen.getByLabelText('Task'))

    expect(screen.getByRole('alert').textContent).toContain('Anthropic is no longer set up.')
    expect(screen.getByLabelText<HTMLTextAreaElement>('Task').value).toBe('fix it')
  })

  it('says why no task can be given', () => {
    show({ blocked: 'It is asleep. Wake it first.' })

    fireEvent.change(screen.getByLabelText('Task'), { target: { value: 'fix it' } })

    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start the run' }).disabled).toBe(true)
    expect(screen.getByText('It is asleep. Wake it first.')).toBeDefined()
  })

  it('shows what an opened run did, what the agent said in full', () => {
    const text = 'First line\nand a second'
    show({
      runs: [aRun({ state: 'done', usage: { ...usage, costUsd: 0.5, costSource: 'estimate' } })],
      openedId: 'r1',
      opened: {
        error: null,
        events: [
          event(1, { event: 'tool-call', data: { call: '1', name: 'Bash', input: { command: 'ls' } } }),
          event(2, { event: 'message', data: { text } }),
        ],
      },
    })

    const log = screen.getByRole('list', { name: 'What it did' })
    expect(
      within(log)
        .getAllByRole('listitem')
        .map((line) => line.textContent),
    ).toEqual(['→ Bash {"command":"ls"}', text])
    expect(screen.getByText('30 tokens in, 5 out, $0.5000 (estimate)')).toBeDefined()
    expect(screen.getByRole('button', { name: /^Done the task/ }).getAttribute('aria-expanded')).toBe('true')
  })

  it('cancels a run that goes on, once', () => {
    const onCancel = vi.fn()
    show({ runs: [aRun({ state: 'running' }), aRun({ id: 'r2', state: 'cancelled' })], onCancel })

    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(onCancel).toHaveBeenCalledExactlyOnceWith('r1')

    cleanup()
    show({ runs: [aRun({ state: 'running', cancelRequested: true })] })
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Cancelling…' }).disabled).toBe(true)
  })

  it('tells no runs yet from runs that could not be read', () => {
    show({ runs: [] })
    expect(screen.getByText(/No runs yet/)).toBeDefined()

    cleanup()
    show({ runs: undefined, readError: new AgentMachinesError('CONTROL_PLANE_UNREACHABLE', 'gone') })
    expect(screen.getByRole('alert').textContent).toContain('The runs could not be read.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeDefined()
  })
})

const usage = { inputTokens: 10, cacheReadTokens: 20, cacheWriteTokens: 0, outputTokens: 5 }

function show(props: Partial<RunsViewProps>): void {
  render(
    <RunsView
      blocked={null}
      isPending={false}
      onStart={() => {}}
      runs={[]}
      readError={null}
      actionError={null}
      openedId={null}
      opened={{ events: [], error: null }}
      onRetry={() => {}}
      onOpen={() => {}}
      onCancel={() => {}}
      {...props}
    />,
  )
}

function aRun(change: Partial<Run> = {}): Run {
  return {
    id: 'r1',
    machineId: 'm1',
    task: 'the task\nin detail',
    origin: 'run',
    via: 'one-shot',
    state: 'running',
    detail: null,
    cause: null,
    exitCode: null,
    session: null,
    model: null,
    permissions: 'configured',
    timeoutMs: 1000,
    budgetUsd: null,
    usage: null,
    result: null,
    cancelRequested: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    ...change,
  }
}

function event(seq: number, of: Pick<StoredRunEvent, 'event' | 'data'>): StoredRunEvent {
  return { ...of, seq, at: '2026-01-01T00:00:00.000Z' } as StoredRunEvent
}
