// @vitest-environment happy-dom
import type { Machine } from '@agent-machines/core'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router'
import { cleanup, render, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { aMachine } from '../../testing/a-machine.ts'
import { FleetView } from './fleet-view.tsx'

afterEach(cleanup)

const nowMs = Date.parse('2026-01-01T12:00:00.000Z')
const labels = {
  runtime: () => 'Claude Code',
  substrate: () => 'This computer',
  upstream: (id: string) => id,
}

describe('the fleet', () => {
  it('puts what waits first, with its question, its complete name and a way to answer', async () => {
    const agent = {
      state: 'waiting',
      since: '2026-01-01T11:48:00.000Z',
      source: 'session-file',
      detail: 'Run npm publish?',
    } as const
    await show([
      aMachine({ id: 'm_1', name: 'idle-one' }),
      aMachine({ id: 'm_2', name: 'release-notes', agent }),
    ])

    const groups = screen.getAllByRole('heading', { level: 2 }).map((heading) => heading.textContent)
    expect(groups).toEqual(['Needs you1', 'Idle1'])
    const row = screen.getByRole('link', {
      name: 'release-notes, waiting 12 min, asks: Run npm publish?, Claude Code on This computer',
    })
    expect(row.getAttribute('href')).toBe('/dashboard/machines/m_2/terminal')
    expect(screen.getByRole('link', { name: 'Answer release-notes' })).toBeDefined()
  })

  it('says what the chat gateway of a machine does, and nothing of one that has none', async () => {
    const gateway = { state: 'down', port: 8642, since: '2026-01-01T11:48:00.000Z' } as const
    await show([aMachine({ id: 'm_1', name: 'with-one', gateway }), aMachine({ id: 'm_2', name: 'without' })])

    const [withOne, without] = screen.getAllByRole('listitem')
    expect(withOne?.querySelector('.row-gateway')?.textContent).toBe('chat down')
    expect(withOne?.querySelector('.glyph-broken')).not.toBeNull()
    expect(without?.textContent).not.toContain('chat')
  })

  it('shows the last line of what works, and the failed phase of what failed', async () => {
    const failed = aMachine({
      id: 'm_1',
      name: 'broken',
      state: 'failed',
      bootstrap: {
        state: 'failed',
        phases: [{ id: 'install', label: 'Install Codex', group: 'core', state: 'failed', attempt: 3 }],
      },
    })
    await show([failed, aMachine({ id: 'm_2', name: 'scratch', lastLine: '~/work $' })])

    const [needsYou, idle] = screen.getAllByRole('listitem')
    expect(needsYou && within(needsYou).getByText('Install Codex failed')).toBeDefined()
    expect(idle && within(idle).getByText('~/work $')).toBeDefined()
  })

  it('says that nothing matches, and how to see everything again', async () => {
    await show([aMachine()], 'vite')

    expect(screen.getByText(/Nothing matches “vite”/)).toBeDefined()
    expect(screen.getByRole('button', { name: 'Clear the filter' })).toBeDefined()
  })
})

async function show(machines: readonly Machine[], filter = ''): Promise<void> {
  const root = createRootRoute()
  const view = createRoute({
    getParentRoute: () => root,
    path: '/dashboard',
    component: () => (
      <FleetView
        machines={machines}
        labels={labels}
        nowMs={nowMs}
        group={null}
        filter={filter}
        onFilter={() => {}}
      />
    ),
  })
  const router = createRouter({
    routeTree: root.addChildren([view]),
    history: createMemoryHistory({ initialEntries: ['/dashboard'] }),
  })
  await router.load()
  render(<RouterProvider router={router as never} />)
  await screen.findByRole('heading', { level: 1 })
}
