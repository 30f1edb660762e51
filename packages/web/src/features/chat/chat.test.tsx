// @vitest-environment happy-dom
import type { Run, StoredRunEvent } from '@agent-machines/core'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Composer, type ComposerProps } from './composer.tsx'
import { conversationsOf, goingOn } from './conversations.ts'
import { Markdown } from './markdown.tsx'
import { turnBlocksOf } from './turn-blocks.ts'

afterEach(cleanup)

describe('conversations', () => {
  it('are the runs with the same session, the newest conversation first, its runs oldest first', () => {
    const runs = [aRun('4', 's-1', 'running'), aRun('3', 's-2'), aRun('2', null, 'failed'), aRun('1', 's-1')]

    const found = conversationsOf(runs)

    expect(found.map(({ id, session }) => [id, session])).toEqual([
      ['1', 's-1'],
      ['3', 's-2'],
      ['2', null],
    ])
    expect(found[0]?.runs.map(({ id }) => id)).toEqual(['1', '4'])
    expect(found.map((each) => goingOn(each)?.id)).toEqual(['4', undefined, undefined])
  })
})

describe('what an agent did with a message', () => {
  it('shows calls with their results where they began, and nothing of its helpers', () => {
    const blocks = turnBlocksOf(
      numbered([
        { event: 'thinking', data: { text: 'hm' } },
        { event: 'tool-call', data: { call: 'a', name: 'Bash', input: { timeout: 5, command: 'ls\nwc' } } },
        { event: 'tool-call', data: { call: 'b', name: 'Read', input: 'a.txt' } },
        { event: 'message', data: { text: 'of a helper', parent: 'b' } },
        { event: 'tool-result', data: { call: 'b', output: 'gone', isError: true } },
        { event: 'message', data: { text: ' ' } },
        { event: 'message', data: { text: 'done' } },
        { event: 'error', data: { message: 'trying again', fatal: false } },
      ]),
    )

    const input = JSON.stringify({ timeout: 5, command: 'ls\nwc' }, null, 2)
    expect(blocks).toEqual([
      { key: 1, kind: 'thinking', text: 'hm' },
      { key: 2, kind: 'tool', name: 'Bash', about: 'ls', input, output: null, isError: false },
      { key: 3, kind: 'tool', name: 'Read', about: 'a.txt', input: 'a.txt', output: 'gone', isError: true },
      { key: 7, kind: 'message', text: 'done' },
      { key: 8, kind: 'error', text: 'trying again' },
    ])
  })

  it('never becomes HTML, a script or a picture from elsewhere', () => {
    const text = '<b>bold</b> [x](javascript:alert(1)) ![map](https://example.com/p.png)'
    const { container } = render(<Markdown text={text} />)

    expect(container.querySelector('b, img, script')).toBeNull()
    expect(container.textContent).toContain('<b>bold</b>')
    expect([...container.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
      '',
      'https://example.com/p.png',
    ])
  })
})

describe('the next message', () => {
  it('is sent by Enter and kept until it was taken', () => {
    const onSend = vi.fn()
    show({ onSend })
    fireEvent.change(box(), { target: { value: 'hello' } })

    fireEvent.keyDown(box(), { key: 'Enter', shiftKey: true })
    expect(onSend).not.toHaveBeenCalled()
    fireEvent.keyDown(box(), { key: 'Enter' })

    expect(onSend).toHaveBeenCalledExactlyOnceWith({ text: 'hello', allowAll: false }, expect.any(Function))
    expect(box().value).toBe('hello')
    act(() => onSend.mock.lastCall?.[1]())
    expect(box().value).toBe('')
  })

  it('waits while the agent works, which can be stopped', () => {
    const [onSend, onStop] = [vi.fn(), vi.fn()]
    show({ onSend, onStop })
    fireEvent.change(box(), { target: { value: 'next' } })
    fireEvent.keyDown(box(), { key: 'Enter' })
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }))

    expect(onSend).not.toHaveBeenCalled()
    expect(onStop).toHaveBeenCalledOnce()
  })

  it('says why it cannot be sent', () => {
    show({ blocked: 'It is asleep. Wake it first.' })
    fireEvent.change(box(), { target: { value: 'hello' } })

    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Send' }).disabled).toBe(true)
    expect(screen.getByText('It is asleep. Wake it first.')).toBeDefined()
  })
})

function show(props: Partial<ComposerProps>): void {
  render(<Composer blocked={null} isPending={false} onStop={null} onSend={() => {}} {...props} />)
}

function box(): HTMLTextAreaElement {
  return screen.getByLabelText('Message')
}

function aRun(id: string, session: string | null, state: Run['state'] = 'done'): Run {
  return { id, session, state } as Run
}

function numbered(events: Pick<StoredRunEvent, 'event' | 'data'>[]): StoredRunEvent[] {
  return events.map((event, index) => ({ ...event, seq: index + 1, at: '' }) as StoredRunEvent)
}
