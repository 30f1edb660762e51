import { ConsoleConnection, consoleApiAt } from '@agent-machines/client'

export interface ConnectOptions {
  readonly cols: number
  readonly rows: number
  /** `shell` unless told. */
  readonly session?: string
  /** How this window is called on the screens of others. */
  readonly label?: string
  /** Watches without typing, until `takeOver`. */
  readonly watch?: boolean
}

/**
 * A connection of this tab to the console handler at `url`; start it once the listeners stand.
 *
 * A tab that is reloaded takes the keyboard back from its earlier self.
 */
export function connectConsole(url: string, options: ConnectOptions): ConsoleConnection {
  const { cols, rows, session = 'shell', label, watch = false } = options
  const place = new URL(url, location.href).href
  const storageKey = `am.console.${place}.${session}`
  const earlier = sessionStorage.getItem(storageKey)
  const client = `tab-${[...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(16)).join('')}`
  sessionStorage.setItem(storageKey, client)
  return new ConsoleConnection({
    api: consoleApiAt(place, (input, init) => fetch(input, init)),
    machineId: 'host',
    session,
    cols,
    rows,
    client,
    watch,
    ...(label === undefined ? {} : { label }),
    isPredecessor: (driver) => earlier !== null && driver.client.startsWith(earlier),
    connectivity: browserConnectivity,
  })
}

const browserConnectivity = {
  isOnline: () => navigator.onLine,
  subscribe(changed: () => void) {
    addEventListener('online', changed)
    addEventListener('offline', changed)
    return () => {
      removeEventListener('online', changed)
      removeEventListener('offline', changed)
    }
  },
}
