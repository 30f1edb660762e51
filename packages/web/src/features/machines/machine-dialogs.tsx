import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useState } from 'react'
import { useMachine } from '../../queries/machines.ts'

const dialogs = {
  rename: lazy(() => import('./rename-dialog.tsx').then((each) => ({ default: each.RenameDialog }))),
  model: lazy(() => import('./model-dialog.tsx').then((each) => ({ default: each.ModelDialog }))),
  reload: lazy(() => import('./reload-dialog.tsx').then((each) => ({ default: each.ReloadDialog }))),
  destroy: lazy(() => import('./destroy-dialog.tsx').then((each) => ({ default: each.DestroyDialog }))),
}
type DialogName = keyof typeof dialogs

const OpenDialog = createContext<(machineId: string, name: DialogName) => void>(() => {})

/** Opens a dialog about a machine. */
export const useMachineDialog = () => useContext(OpenDialog)

/** Holds the dialogs above the rows that open them: a row that moves to another group is another row. */
export function MachineDialogs({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<{ machineId: string; name: DialogName } | null>(null)
  const open = useCallback((machineId: string, name: DialogName) => setOpened({ machineId, name }), [])
  return (
    <OpenDialog value={open}>
      {children}
      {opened && (
        <Suspense>
          <Opened {...opened} onClose={() => setOpened(null)} />
        </Suspense>
      )}
    </OpenDialog>
  )
}

function Opened({ machineId, name, onClose }: { machineId: string; name: DialogName; onClose: () => void }) {
  const { data: machine } = useMachine(machineId)
  const Dialog = dialogs[name]
  return machine ? <Dialog machine={machine} onClose={onClose} /> : null
}
