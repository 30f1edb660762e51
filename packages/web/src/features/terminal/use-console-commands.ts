import { useNavigate } from '@tanstack/react-router'
import { type RefObject, useState } from 'react'
import type { MountedPane } from './mounted-pane.ts'
import type { SessionTab } from './session-names.ts'
import type { TerminalCommand } from './terminal-keys.ts'
import { copyText } from './use-copy-permission.ts'

type PanelName = 'search' | 'compose' | 'run' | 'full'
type Panels = Readonly<Record<PanelName, boolean>>

export interface CommandContext {
  readonly machineId: string
  readonly session: string
  readonly tabs: readonly SessionTab[]
  readonly handle: RefObject<MountedPane | null>
  readonly takeOver: () => void
  readonly focus: () => void
}

/** What stands open around a console, and what its keys and buttons do. */
export function useConsoleCommands({ machineId, session, tabs, handle, takeOver, focus }: CommandContext) {
  const navigate = useNavigate()
  const [panels, setPanels] = useState<Panels>({ search: false, compose: false, run: false, full: false })
  const open = (name: PanelName, isOpen: boolean) => {
    setPanels((before) => ({ ...before, [name]: isOpen }))
    if (name === 'search' && isOpen) handle.current?.history.loadAll()
    if (name === 'full' || !isOpen) focus()
  }
  const toggle = (name: PanelName) => open(name, !panels[name])
  const goBy = (steps: number) => {
    const index = tabs.findIndex((tab) => tab.name === session)
    const name = tabs.at((index + steps) % tabs.length)?.name
    if (name === undefined || name === session) return
    const search = name === 'agent' ? {} : { session: name }
    navigate({ to: '/dashboard/machines/$id/terminal', params: { id: machineId }, search }).catch(reportError)
  }
  const commands: Readonly<Record<TerminalCommand, () => void>> = {
    search: () => open('search', true),
    compose: () => open('compose', true),
    'full-window': () => toggle('full'),
    'take-over': takeOver,
    leave: () => document.querySelector<HTMLElement>('.glass-tab[aria-current]')?.focus(),
    copy: () => {
      const text = handle.current?.pane.terminal.getSelection()
      if (text) copyText(text)
    },
    paste: () => {},
    'next-waiting': () => {},
    'previous-session': () => goBy(-1),
    'next-session': () => goBy(1),
  }
  return {
    panels,
    toggle,
    closePanel: (name: PanelName) => open(name, false),
    onCommand: (command: TerminalCommand) => commands[command](),
  }
}
