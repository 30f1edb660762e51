import type { ConsoleColours } from '@agent-machines/core'

/** Lets programs that ask for the terminal's colours (OSC 10 and 11) get those of the client, if it is the driver. */
export function driverColoursLine(hash: string, { foreground, background }: ConsoleColours): string {
  return `if-shell -F '#{==:#{@am_driver},${hash}}' 'set -w window-style "fg=${foreground},bg=${background}"' ''`
}
