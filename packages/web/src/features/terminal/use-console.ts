import type { ConsoleConnection } from '@agent-machines/client'
import type { ConsoleSource } from '@agent-machines/console/browser'
import type { Driver, Machine } from '@agent-machines/core'
import { useEffect, useRef, useState } from 'react'
import { useToast } from '../../components/toasts.tsx'
import { useClient } from '../../queries/client-context.ts'
import { type ConsoleStatus, firstStatus, isWatching, watchConnection } from './console-status.ts'
import { openConnection } from './open-connection.ts'
import { type UndeliveredKeys, withUndelivered } from './undelivered-keys.ts'
import type { Receipt } from './use-receipt.ts'

export interface ConsoleHandle {
  readonly status: ConsoleStatus
  readonly undelivered: readonly UndeliveredKeys[]
  /** On for a moment after a key was pressed that does nothing because somebody else drives. */
  readonly flash: boolean
  readonly connect: (size: { cols: number; rows: number }) => ConsoleConnection
  readonly source: (connection: ConsoleConnection) => ConsoleSource
  readonly type: (data: string | Uint8Array) => void
  /** False when somebody else drives. */
  readonly paste: (text: string) => boolean
  readonly typeAgain: () => void
  readonly forget: () => void
  readonly forgetProblem: () => void
  readonly takeOver: () => void
  readonly reconnect: () => void
}

const flashMs = 400

/** One console of a machine: its connection, what is shown of it, and what is typed into it. */
export function useConsole(
  machine: Machine,
  session: string,
  launch: boolean,
  onDriving: () => void,
  receipt: Pick<Receipt, 'taken' | 'givenBack'>,
): ConsoleHandle {
  const client = useClient()
  const toast = useToast()
  const [status, setStatus] = useState<ConsoleStatus>(firstStatus)
  const [undelivered, setUndelivered] = useState<readonly UndeliveredKeys[]>([])
  const [flash, setFlash] = useFlash()
  const current = useRef<ConsoleConnection | null>(null)
  const isTyping = useRef(false)
  const typing = (action: (connection: ConsoleConnection) => void) => {
    if (!current.current) return
    isTyping.current = true
    action(current.current)
    isTyping.current = false
  }
  const takeOver = () => {
    onDriving()
    current.current?.takeOver().catch(() => toast({ text: 'Taking over was not answered', shape: 'failed' }))
  }
  const connect = (size: { cols: number; rows: number }) => {
    const opened = openConnection({ client, machineId: machine.id, session, launch, ...size })
    current.current = opened
    watchConnection(opened, {
      change: (part) => setStatus((before) => ({ ...before, ...part })),
      taken: receipt.taken,
    })
    watchLoss(opened, (driver) =>
      toast({
        text: `${driver.label || 'Somebody else'} drives ${machine.name} now`,
        shape: 'off',
        action: { label: 'Take back', run: takeOver },
      }),
    )
    opened.on('undelivered', (lost) => {
      receipt.givenBack()
      // A key pressed while somebody else drives, or after the end: what is on the screen says why.
      if (isTyping.current && lost.reason === 'not-driver') setFlash(true)
      else if (!isTyping.current || lost.reason !== 'ended')
        setUndelivered((kept) => withUndelivered(kept, lost))
    })
    return opened
  }
  const type: ConsoleHandle['type'] = (data) => typing((connection) => connection.type(data))
  const paste = (text: string) => {
    typing((connection) => connection.paste(text))
    return !isWatching(status)
  }
  return {
    status,
    undelivered,
    flash,
    connect,
    source: (connection) => ({
      on: connection.on.bind(connection) as ConsoleSource['on'],
      type,
      paste,
      startOver: () => connection.startOver(),
    }),
    type,
    paste,
    typeAgain: () => {
      setUndelivered([])
      for (const { bytes } of undelivered) type(bytes)
      onDriving()
    },
    forget: () => setUndelivered([]),
    forgetProblem: () => setStatus((before) => ({ ...before, problem: null })),
    takeOver,
    reconnect: () => current.current?.reconnect(),
  }
}

/** Tells when another took over from this connection. */
function watchLoss(connection: ConsoleConnection, lost: (driver: NonNullable<Driver>) => void): void {
  let drove = false
  connection.on('driver', ({ driver, mine }) => {
    if (drove && driver && !mine) lost(driver)
    drove = mine
  })
}

function useFlash(): [boolean, (flash: boolean) => void] {
  const [flash, setFlash] = useState(false)
  useEffect(() => {
    if (!flash) return
    const timer = setTimeout(() => setFlash(false), flashMs)
    return () => clearTimeout(timer)
  }, [flash])
  return [flash, setFlash]
}
