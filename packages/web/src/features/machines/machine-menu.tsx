import type { Machine } from '@agent-machines/core'
import { useNavigate } from '@tanstack/react-router'
import { Brain, Moon, Pencil, RefreshCw, SquareTerminal, Sun, Trash2 } from 'lucide-react'
import { Menu, type MenuItem } from '../../components/menu.tsx'
import { actionsFor } from './actions-for.ts'
import { useMachineDialog } from './machine-dialogs.tsx'
import { useSleepAndWake } from './use-sleep-and-wake.ts'

/** `⋯` of a machine: exactly what `actionsFor` allows. */
export function MachineMenu({ machine, className = '' }: { machine: Machine; className?: string }) {
  const open = useMachineDialog()
  const navigate = useNavigate()
  const { sleep, wake } = useSleepAndWake(machine)
  const actions = actionsFor(machine)
  const openTerminal = () => navigate({ to: '/dashboard/machines/$id/terminal', params: { id: machine.id } })
  const icon = { className: 'icon', 'aria-hidden': true } as const
  const items: MenuItem[] = []
  if (actions.openTerminal) {
    items.push({
      label: 'Open the terminal',
      icon: <SquareTerminal {...icon} />,
      onSelect: () => openTerminal().catch(reportError),
    })
  }
  if (actions.sleep) items.push({ label: 'Sleep', icon: <Moon {...icon} />, onSelect: sleep })
  if (actions.wake) items.push({ label: 'Wake', icon: <Sun {...icon} />, onSelect: wake })
  if (actions.rename) {
    items.push({ label: 'Rename', icon: <Pencil {...icon} />, onSelect: () => open(machine.id, 'rename') })
  }
  if (actions.changeModel) {
    items.push({
      label: 'Change the model',
      icon: <Brain {...icon} />,
      onSelect: () => open(machine.id, 'model'),
    })
  }
  if (actions.reload) {
    items.push({
      label: 'Reload…',
      icon: <RefreshCw {...icon} />,
      onSelect: () => open(machine.id, 'reload'),
    })
  }
  if (actions.destroy) {
    const onSelect = () => open(machine.id, 'destroy')
    items.push({ label: 'Destroy…', icon: <Trash2 {...icon} />, onSelect, apart: true, bad: true })
  }
  return <Menu label={`Actions of ${machine.name}`} items={items} className={className} />
}
