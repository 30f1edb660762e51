import type { ConsoleConnection, UndeliveredInput } from '@agent-machines/client'
import type { Machine } from '@agent-machines/core'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { useToast } from '../../components/toasts.tsx'
import { useLabels } from '../../queries/catalogue.ts'
import { useClient } from '../../queries/client-context.ts'
import { type Preface, withPreface } from '../bootstrap/preface.ts'
import { actionsFor } from '../machines/actions-for.ts'
import { Announcer, Reconnecting } from './connection-words.tsx'
import { ConsoleBar } from './console-bar.tsx'
import { ConsoleEnd } from './console-end.tsx'
import { type ConsoleStatus, firstStatus, isWatching, watchConnection } from './console-status.ts'
import { CopyRequest } from './copy-request.tsx'
import type { MountedTerminal } from './create-terminal.ts'
import { KeyBar } from './key-bar.tsx'
import { openConnection } from './open-connection.ts'
import { forgetSession } from './opened-sessions.ts'
import { RunPanel } from './run-panel.tsx'
import { type CtrlState, nextCtrlState, withCtrl } from './sticky-keys.ts'
import type { TerminalCommand } from './terminal-keys.ts'
import { copyText, useCopyPermission } from './use-copy-permission.ts'
import { useSessionTabs } from './use-session-tabs.ts'

const ConsolePane = lazy(() => import('./console-pane.tsx').then((each) => ({ default: each.ConsolePane })))
const SearchBar = lazy(() => import('./search-bar.tsx').then((each) => ({ default: each.SearchBar })))
const flashMs = 400

export interface ConsoleProps {
  readonly machine: Machine
  readonly session: string
  readonly launch: boolean
  readonly preface: Preface | null
  /** Opens the console anew after it ended. */
  readonly onAgain: () => void
}

export function Console({ machine, session, launch, preface, onAgain }: ConsoleProps) {
  const client = useClient()
  const toast = useToast()
  const navigate = useNavigate()
  const labels = useLabels()
  const [status, setStatus] = useState<ConsoleStatus>(firstStatus)
  const [isFull, setFull] = useState(false)
  const [isSearching, setSearching] = useState(false)
  const [isRunning, setRunning] = useState(false)
  const copying = useCopyPermission(machine.id)
  const [flash, setFlash] = useState(false)
  const [ctrl, setCtrl] = useState<CtrlState>('off')
  const connection = useRef<ConsoleConnection | null>(null)
  const handle = useRef<MountedTerminal | null>(null)
  const focus = () => handle.current?.terminal.focus()
  useFlash(flash, setFlash)
  const undelivered = useCallback(
    ({ bytes, reason }: UndeliveredInput) => {
      if (reason === 'not-driver') setFlash(true)
      else toast({ text: `${bytes.length} bytes were not typed: ${whyNot[reason]}`, shape: 'failed' })
    },
    [toast],
  )
  const connect = (size: { cols: number; rows: number }) => {
    const opened = openConnection({ client, machineId: machine.id, session, launch, ...size })
    connection.current = opened
    const lost = ({ label }: { readonly label?: string | null | undefined }) =>
      toast({
        text: `${label ?? 'Somebody else'} drives ${machine.name} now`,
        shape: 'off',
        action: { label: 'Take back', run: takeOver },
      })
    watchConnection(opened, (part) => setStatus((before) => ({ ...before, ...part })), undelivered, lost)
    return opened
  }
  const takeOver = () => {
    connection.current
      ?.takeOver()
      .then(focus, () => toast({ text: 'Taking over did not work', shape: 'failed' }))
  }
  const onCommand = (command: TerminalCommand) => {
    if (command === 'search') setSearching(true)
    else if (command === 'full-window') setFull((before) => !before)
    else if (command === 'take-over') takeOver()
    else if (command === 'leave') document.querySelector<HTMLElement>('.glass-tab[aria-current]')?.focus()
    else if (command === 'copy') copySelection(handle.current)
  }
  const closeTab = () => {
    forgetSession(machine.id, session)
    navigate({ to: '/dashboard/machines/$id/terminal', params: { id: machine.id } }).catch(reportError)
  }
  const press = (data: string) => {
    connection.current?.type(ctrl === 'off' ? data : withCtrl(data))
    if (ctrl === 'once') setCtrl('off')
  }
  const { tabs, next } = useSessionTabs(machine, session)
  return (
    <div className="glass" data-full={isFull} data-live={status.state.state === 'live'}>
      <ConsoleBar
        machineId={machine.id}
        session={session}
        tabs={tabs}
        newSession={next}
        status={status}
        isFull={isFull}
        isSearching={isSearching}
        canRun={actionsFor(machine).exec}
        isRunning={isRunning}
        flash={flash}
        onTakeOver={takeOver}
        onSearch={() => setSearching((before) => !before)}
        onRun={() => setRunning((before) => !before)}
        onFull={() => {
          setFull((before) => !before)
          focus()
        }}
      />
      {isSearching && handle.current && (
        <Suspense>
          <SearchBar
            search={handle.current.search}
            onClose={() => {
              setSearching(false)
              focus()
            }}
          />
        </Suspense>
      )}
      <Reconnecting status={status} onTry={() => connection.current?.reconnect()} />
      <Suspense fallback={<div className="glass-screen" />}>
        <ConsolePane
          label={`Console ${session} of ${machine.name}`}
          isWatching={isWatching(status)}
          handle={handle}
          connect={connect}
          sourceOf={(opened) => withPreface(opened, preface)}
          onCommand={onCommand}
          onCopy={copying.onCopy}
        />
      </Suspense>
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
      {isRunning && (
        <RunPanel
          machineId={machine.id}
          onClose={() => {
            setRunning(false)
            focus()
          }}
        />
      )}
      <KeyBar
        ctrl={ctrl}
        onCtrl={() => setCtrl(nextCtrlState)}
        onKey={press}
        onPaste={() => {
          navigator.clipboard.readText().then(
            (text) => connection.current?.paste(text),
            () => toast({ text: 'The browser did not allow reading the clipboard', shape: 'failed' }),
          )
        }}
        onCompose={(text) => {
          if (text) connection.current?.paste(text)
          connection.current?.type('\r')
        }}
        onKeyboard={focus}
      />
      <Announcer name={machine.name} status={status} readyIn={preface?.readyIn} />
    </div>
  )
}

const whyNot: Readonly<Record<UndeliveredInput['reason'], string>> = {
  gap: 'what came before them is missing.',
  restarted: 'the console was started anew.',
  'not-driver': 'somebody else drives.',
  exited: 'nothing runs in this console.',
  ended: 'the console has ended.',
  'too-large': 'they are too many at once.',
  refused: 'they were refused.',
}

function useFlash(flash: boolean, setFlash: (flash: boolean) => void): void {
  useEffect(() => {
    if (!flash) return
    const timer = setTimeout(() => setFlash(false), flashMs)
    return () => clearTimeout(timer)
  }, [flash, setFlash])
}

function copySelection(pane: MountedTerminal | null): void {
  const text = pane?.terminal.getSelection()
  if (text) copyText(text)
}
