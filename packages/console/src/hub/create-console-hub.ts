import { ConsoleHub } from './console-hub.ts'
import type { ConsoleHubOptions } from './console-hub-options.ts'

/** One hub serves all requests of an instance for one machine's session. */
export function createConsoleHub(options: ConsoleHubOptions): ConsoleHub {
  return new ConsoleHub(options)
}
