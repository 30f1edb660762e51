import type { Machine } from '@agent-machines/core'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useRef, useState } from 'react'
import { useToast } from '../../components/toasts.tsx'
import { useLabels } from '../../queries/catalogue.ts'
import { changeSettings, otherFontSize, useSettings } from '../../settings/settings.ts'
import { type Preface, withPreface } from '../bootstrap/preface.ts'
import { actionsFor } from '../machines/actions-for.ts'
import { ComposeBox } from './compose-box.tsx'
import { Announcer, ProblemLine, Reconnecting } from './connection-words.tsx'
import { ConsoleBar } from './console-bar.tsx'
import { ConsoleEnd } from './console-end.tsx'
import { isWatching } from './console-status.ts'
import { CopyRequest } from './copy-request.tsx'
import { GlassRule } from './glass-rule.tsx'
import { KeyBar } from './key-bar.tsx'
import type { MountedPane } from './mounted-pane.ts'
import { forgetSession } from './opened-sessions.ts'
import { RunPanel } from './run-panel.tsx'
import { type CtrlState, nextCtrlState, withCtrl } from './sticky-keys.ts'
import { UndeliveredLine } from './undelivered-line.tsx'
import { UploadLines } from './upload-lines.tsx'
import { useConsole } from './use-console.ts'
import { useConsoleCommands } from './use-console-commands.ts'
import { useCopyPermission } from './use-copy-permission.ts'
import { useReceipt } from './use-receipt.ts'
import { useSessionTabs } from './use-session-tabs.ts'
import { useUploads } from './use-uploads.ts'

const ConsolePane = lazy(() => import('./console-pane.tsx').then((each) => ({ default: each.ConsolePane })))
const SearchBar = lazy(() => import('./search-bar.tsx').then((each) => ({ default: each.SearchBar })))

export interface ConsoleProps {
  readonly machine: Machine
  readonly session: string
  readonly launch: boolean
  readonly preface: Preface | null
  /** Opens the console anew after it ended. */
  readonly onAgain: () => void
}

export function Console({ machine, session, launch, preface, onAgain }: ConsoleProps) {
  const toast = useToast()
  const navigate = useNavigate()
  const labels = useLabels()
  const { fontSize } = useSettings()
  const handle = useRef<MountedPane | null>(null)
  const focus = () => handle.current?.pane.terminal.focus()
  const receipt = useReceipt()
  const shown = useConsole(machine, session, launch, focus, receipt)
  const { status } = shown
  const isDriving = !isWatching(status)
  const canType = isDriving && status.state.state !== 'ended'
  const [draft, setDraft] = useState('')
  const [ctrl, setCtrl] = useState<CtrlState>('off')
  const copying = useCopyPermission(machine.id)
  const onStored = useFreshCallback((path: string) => {
    if (!shown.paste(`${path} `)) toast({ text: `It is on the machine as ${path}`, shape: 'off' })
  })
  const uploads = useUploads(machine.id, onStored)
  const { tabs, next } = useSessionTabs(machine, session)
  const { panels, toggle, closePanel, onCommand } = useConsoleCommands({
    machineId: machine.id,
    session,
    tabs,
    handle,
    takeOver: shown.takeOver,
    focus,
  })
  const addFiles = useFreshCallback((files: Iterable<File>) => {
    if (isDriving) uploads.add(files)
    else toast({ text: 'Take over to put files on the machine', shape: 'off' })
  })
  const withStickyCtrl = (data: string) => {
    if (ctrl === 'once') setCtrl('off')
    return ctrl === 'off' ? data : withCtrl(data)
  }
  const press = useFreshCallback((data: string | Uint8Array) =>
    shown.type(typeof data === 'string' ? withStickyCtrl(data) : data),
  )
  const compose = (text: string) => {
    if (!isDriving) shown.type('\r')
    if (!canType) return false
    if (text) shown.paste(text)
    shown.type('\r')
    return true
  }
  const closeTab = () => {
    forgetSession(machine.id, session)
    navigate({ to: '/dashboard/machines/$id/terminal', params: { id: machine.id } }).catch(reportError)
  }
  const resizeLetters = (by: 1 | -1) => {
    const size = otherFontSize(fontSize, by)
    return size === null ? undefined : () => changeSettings({ fontSize: size })
  }
  return (
    <div className="glass" data-full={panels.full} data-live={status.state.state === 'live'}>
      <ConsoleBar
        machineId={machine.id}
        session={session}
        tabs={tabs}
        newSession={next}
        status={status}
        flash={shown.flash}
        isFull={panels.full}
        isSearching={panels.search}
        isComposing={panels.compose}
        isRunning={panels.run}
        canRun={actionsFor(machine).exec}
        onTakeOver={shown.takeOver}
        onSearch={() => toggle('search')}
        onCompose={() => toggle('compose')}
        onFiles={addFiles}
        onRun={() => toggle('run')}
        onFull={() => toggle('full')}
        onSmaller={resizeLetters(-1)}
        onLarger={resizeLetters(1)}
      />
      {panels.search && handle.current && (
        <Suspense>
          <SearchBar search={handle.current.pane.search} onClose={() => closePanel('search')} />
        </Suspense>
      )}
      <Reconnecting status={status} onTry={shown.reconnect} />
      <ProblemLine status={status} onForget={shown.forgetProblem} />
      <GlassRule machineId={machine.id} status={status} />
      <Suspense fallback={<div className="glass-screen" />}>
        <ConsolePane
          label={`Console ${session} of ${machine.name}`}
          isWatching={!isDriving}
          handle={handle}
          connect={shown.connect}
          sourceOf={(opened) => withPreface({ ...shown.source(opened), type: press }, preface)}
          onCommand={onCommand}
          onCopy={copying.onCopy}
          onFiles={addFiles}
        />
      </Suspense>
      {panels.compose && (
        <ComposeBox draft={draft} onDraft={setDraft} onSend={compose} onClose={() => closePanel('compose')} />
      )}
      <UploadLines uploads={uploads} name={machine.name} />
      <UndeliveredLine
        keys={shown.undelivered}
        onTypeAgain={canType ? shown.typeAgain : null}
        onForget={shown.forget}
      />
      {copying.asked !== null && (
        <CopyRequest
          runtime={labels.runtime(machine.runtime)}
          length={copying.asked.length}
          onAnswer={(isAllowed) => {
            copying.answer(isAllowed)
            focus()
          }}
        />
      )}
      {status.state.state === 'ended' && status.state.reason !== 'closed' && (
        <ConsoleEnd
          state={status.state}
          onAgain={onAgain}
          onCloseTab={session === 'agent' ? undefined : closeTab}
        />
      )}
      {panels.run && <RunPanel machineId={machine.id} onClose={() => closePanel('run')} />}
      {isDriving && (
        <KeyBar
          ctrl={ctrl}
          onCtrl={() => setCtrl(nextCtrlState)}
          onKey={press}
          onPaste={() => {
            navigator.clipboard
              .readText()
              .then(shown.paste, () =>
                toast({ text: 'The browser did not allow reading the clipboard', shape: 'failed' }),
              )
          }}
          draft={draft}
          onDraft={setDraft}
          onCompose={(text) => {
            if (compose(text)) setDraft('')
          }}
          onKeyboard={focus}
          isApplicationMode={() => handle.current?.pane.terminal.modes.applicationCursorKeysMode === true}
          receipt={receipt}
        />
      )}
      <Announcer name={machine.name} status={status} readyIn={preface?.readyIn} />
    </div>
  )
}

/** A function that stays the same and does what the latest one does. */
function useFreshCallback<Argument>(action: (argument: Argument) => void): (argument: Argument) => void {
  const latest = useRef(action)
  latest.current = action
  return useCallback((argument) => latest.current(argument), [])
}
