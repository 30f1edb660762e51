// @vitest-environment happy-dom
import type { ConsoleSource } from '@agent-machines/console/browser'
import type { BootstrapPhase } from '@agent-machines/core'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { aMachine } from '../../testing/a-machine.ts'
import { BootstrapView } from './bootstrap-view.tsx'
import { prefaceOf, withPreface } from './preface.ts'
import { isSlow, setupPhases, usualSetupMs } from './setup-phases.ts'
import { emptyTranscript, linesOf, transcriptAfter } from './transcript.ts'

afterEach(cleanup)

const install: BootstrapPhase = {
  id: 'install',
  label: 'Install Codex',
  group: 'core',
  state: 'failed',
  attempt: 3,
  error: {
    category: 'network',
    message: 'The registry did not answer in 60 s.',
    transient: true,
    log: ['npm error code ETIMEDOUT'],
  },
}

describe('the face of a failed phase', () => {
  it('says what failed, whose it is, whether it passes, the last lines, and retries', () => {
    const onRetry = vi.fn()
    const machine = aMachine({ state: 'failed', bootstrap: { state: 'failed', phases: [install] } })

    render(
      <BootstrapView machine={machine} transcript={emptyTranscript} onRetry={onRetry} isPending={false} />,
    )

    const alert = screen.getByRole('alert')
    expect(alert.textContent).toContain('Install Codex failed after 3 tries.')
    expect(alert.textContent).toContain('not your configuration')
    expect(alert.textContent).toContain('It usually passes')
    expect(alert.textContent).toContain('npm error code ETIMEDOUT')
    screen.getByRole('button', { name: 'Retry this step' }).click()
    expect(onRetry).toHaveBeenCalledOnce()
  })

  it('shows the phases that are needed apart from those that follow', () => {
    const phases: BootstrapPhase[] = [
      { ...install, state: 'running' },
      { id: 'workspace', label: 'Fetch the repository', group: 'extra', state: 'pending', attempt: 0 },
    ]
    const machine = aMachine({ state: 'bootstrapping', bootstrap: { state: 'running', phases } })

    render(
      <BootstrapView machine={machine} transcript={emptyTranscript} onRetry={undefined} isPending={false} />,
    )

    expect(screen.getByRole('heading', { name: 'Needed to start' })).toBeDefined()
    expect(screen.getByRole('heading', { name: 'After that, in the background' })).toBeDefined()
    expect(screen.getByText(/You can close this page/)).toBeDefined()
  })
})

describe('transcriptAfter', () => {
  it('keeps one entry per phase, joins lines that came in pieces, and keeps the last form of one drawn over', () => {
    const running = { ...install, state: 'running' as const }
    const changes = [
      { kind: 'phase', phase: running },
      { kind: 'log', phase: 'install', text: '\n10%\r\x1b[32m100%\x1b[0m\n\nrea' },
      { kind: 'log', phase: 'install', text: 'dy' },
      { kind: 'log', phase: 'install', text: '\n' },
      { kind: 'phase', phase: { ...running, state: 'done' } },
      { kind: 'done', state: 'done' },
    ] as const

    const transcript = changes.reduce(transcriptAfter, emptyTranscript)

    expect(transcript.phases.map((phase) => phase.state)).toEqual(['done'])
    expect(linesOf(transcript, 'install')).toEqual(['100%', '', 'ready'])
    expect(transcript.state).toBe('done')
  })
})

describe('the phases of a setup', () => {
  it('begin with making the machine, also before any other is known', () => {
    const making = aMachine({ state: 'provisioning', bootstrap: { state: 'pending', phases: [] } })

    expect(setupPhases(making, []).map((phase) => [phase.id, phase.state])).toEqual([['create', 'running']])
    expect(setupPhases(making, [{ ...install, startedAt: making.createdAt }])[0]?.state).toBe('done')
  })

  it('take as long as the others did, and that is known only from a few', () => {
    const others = [1000, 9000, 2000].map((ms, index) => aReadyMachine(`m_${index}`, ms))

    expect(usualSetupMs(others, aMachine({ id: 'new' }))).toBe(2000)
    expect(usualSetupMs(others.slice(1), aMachine({ id: 'new' }))).toBeNull()
    expect(isSlow(60_000, 20_000)).toBe(true)
    expect(isSlow(1500, 500)).toBe(false)
    expect(isSlow(60_000, null)).toBe(false)
  })
})

describe('the preface of a console', () => {
  it('puts the transcript and its rule above every snapshot, and leaves the rest alone', () => {
    const machine = aReadyMachine('m_1', 41_000)
    const transcript = transcriptAfter(emptyTranscript, {
      kind: 'log',
      phase: 'install',
      text: 'codex 1.0\n',
    })
    const listeners = new Map<string, (payload: never) => void>()
    const typed: unknown[] = []
    const source = {
      on: (name: string, listener: (payload: never) => void) => {
        listeners.set(name, listener)
        return () => {}
      },
      type: (data: unknown) => typed.push(data),
      paste: () => {},
    } as unknown as ConsoleSource
    const shown: string[] = []
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

    const prefaced = withPreface(source, prefaceOf(machine, transcript))
    prefaced.on('snapshot', ({ bytes }) => shown.push(text(bytes)))
    prefaced.on('output', (bytes) => shown.push(text(bytes)))
    prefaced.type('x')
    listeners.get('snapshot')?.({ bytes: new TextEncoder().encode('screen'), cols: 80, rows: 2 } as never)
    listeners.get('output')?.(new TextEncoder().encode('more') as never)

    expect(shown[0]).toMatch(
      /Install Codex[\s\S]*codex 1\.0[\s\S]*── ready in 41\.0 s ──[\s\S]*\r\n\r\n\x1b\[Hscreen$/,
    )
    expect(shown[1]).toBe('more')
    expect(typed).toEqual(['x'])
  })
})

function aReadyMachine(id: string, setupMs: number) {
  const { createdAt } = aMachine()
  const finishedAt = new Date(Date.parse(createdAt) + setupMs).toISOString()
  const phase: BootstrapPhase = {
    id: 'install',
    label: 'Install Codex',
    group: 'core',
    state: 'done',
    attempt: 1,
    startedAt: createdAt,
    finishedAt,
  }
  return aMachine({ id, bootstrap: { state: 'done', phases: [phase] } })
}
