import type { Machine } from '@agent-machines/core'
import { useNavigate } from '@tanstack/react-router'
import { Brain, Moon, Pencil, RefreshCw, SquareTerminal, Sun, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Menu, type MenuItem } from '../../components/menu.tsx'
import { actionsFor } from './actions-for.ts'
import { useSleepAndWake } from './use-sleep-and-wake.ts'

const RenameDialog = lazy(() =>
  import('./rename-dialog.tsx').then((each) => ({ default: each.RenameDialog })),
)
const ModelDialog = lazy(() => import('./model-dialog.tsx').then((each) => ({ default: each.ModelDialog })))
const ReloadDialog = lazy(() =>
  import('./reload-dialog.tsx').then((each) => ({ default: each.ReloadDialog })),
)
const DestroyDialog = lazy(() =>
  import('./destroy-dialog.tsx').then((each) => ({ default: each.DestroyDialog })),
)

/** `⋯` of a machine: exactly what `actionsFor` allows. */
export function MachineMenu({ machine, className = '' }: { machine: Machine; className?: string }) {
  const [dialog, setDialog] = useState<'rename' | 'model' | 'reload' | 'destroy' | null>(null)
  const navigate = useNavigate()
  const { sleep, wake } = useSleepAndWake(machine)
  const actions = actionsFor(machine)
  const open = () => navigate({ to: '/dashboard/machines/$id/terminal', params: { id: machine.id } })
  const icon = { className: 'icon', 'aria-hidden': true } as const
  const items: MenuItem[] = []
  if (actions.openTerminal) {
    items.push({
      label: 'Open the terminal',
      icon: <SquareTerminal {...icon} />,
      onSelect: () => open().catch(reportError),
    })
  }
  if (actions.sleep) items.push({ label: 'Sleep', icon: <Moon {...icon} />, onSelect: sleep })
  if (actions.wake) items.push({ label: 'Wake', icon: <Sun {...icon} />, onSelect: wake })
  if (actions.rename) {
    items.push({ label: 'Rename', icon: <Pencil {...icon} />, onSelect: () => setDialog('rename') })
  }
  if (actions.changeModel) {
    items.push({ label: 'Change the model', icon: <Brain {...icon} />, onSelect: () => setDialog('model') })
  }
  if (actions.reload) {
    items.push({ label: 'Reload…', icon: <RefreshCw {...icon} />, onSelect: () => setDialog('reload') })
  }
  if (actions.destroy) {
    const onSelect = () => setDialog('destroy')
    items.push({ label: 'Destroy…', icon: <Trash2 {...icon} />, onSelect, apart: true, bad: true })
  }
  return (
    <>
      <Menu label={`Actions of ${machine.name}`} items={items} className={className} />
      <Suspense>
        {dialog === 'rename' && <RenameDialog machine={machine} onClose={() => setDialog(null)} />}
        {dialog === 'model' && <ModelDialog machine={machine} onClose={() => setDialog(null)} />}
        {dialog === 'reload' && <ReloadDialog machine={machine} onClose={() => setDialog(null)} />}
        {dialog === 'destroy' && <DestroyDialog machine={machine} onClose={() => setDialog(null)} />}
      </Suspense>
    </>
  )
}
