import { type Client, ConsoleConnection } from '@agent-machines/client'
import { readProof } from '../../session/proof.ts'
import { readTheme } from './terminal-theme.ts'

export interface OpenConnection {
  readonly client: Client
  readonly machineId: string
  readonly session: string
  readonly launch: boolean
  readonly cols: number
  readonly rows: number
}

/** A console for this tab; an earlier life of the same tab gives its place up without being asked. */
export function openConnection(options: OpenConnection): ConsoleConnection {
  const { client, machineId, session, launch, cols, rows } = options
  const storageKey = `am.console.${machineId}.${session}`
  const earlier = sessionStorage.getItem(storageKey)
  const name = `web-${crypto.randomUUID().slice(0, 18)}`
  sessionStorage.setItem(storageKey, name)
  return new ConsoleConnection({
    api: client.console,
    machineId,
    session,
    launch,
    cols,
    rows,
    client: name,
    label: labelOf(navigator.userAgent),
    colours: glassColours,
    isPredecessor: (driver) => earlier !== null && driver.client.startsWith(earlier),
    createSocket: (url, protocols) => new WebSocket(url, protocols),
    proof: readProof,
    connectivity: {
      isOnline: () => navigator.onLine,
      subscribe: (changed) => {
        addEventListener('online', changed)
        addEventListener('offline', changed)
        return () => {
          removeEventListener('online', changed)
          removeEventListener('offline', changed)
        }
      },
    },
  })
}

function glassColours() {
  const { foreground, background } = readTheme(document.documentElement)
  return foreground && background ? { foreground, background } : undefined
}

/** How this window is called on the screens of others. */
function labelOf(userAgent: string): string {
  return /Mobi|Android|iP(hone|ad)/.test(userAgent) ? 'A phone' : 'Another window'
}
