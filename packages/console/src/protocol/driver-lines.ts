import type { ConsoleColours } from '@agent-machines/core'
import { toBytes, toHex } from './bytes.ts'

const clock = '#{T:@am_clock}'
const stale = `#{e|<=:#{@am_seen},#{e|-:${clock},15}}`
const driverMessage = 'display-message -p "am:driver|#{@am_driver}|#{@am_who}|#{@am_since}"'
const isFree = `#{||:#{==:#{@am_driver},},${stale}}`
const isDriver = (hash: string) => `#{==:#{@am_driver},${hash}}`
const isDriving = ({ hash, since }: Driving) => `#{&&:${isDriver(hash)},#{==:#{@am_since},${since}}}`

/** A line that does the commands where the format is true. */
const when = (condition: string, commands: string) => `if-shell -F '${condition}' '${commands}' ''`

export interface Claimant {
  readonly hash: string
  readonly client: string
  readonly label: string
}

function becomeDriver({ hash, client, label }: Claimant): string {
  const who = toHex(toBytes(JSON.stringify([client, label])))
  return `set -g @am_driver ${hash} ; set -g @am_who ${who} ; set -gF @am_since "${clock}" ; set -gF @am_seen "${clock}" ; ${driverMessage}`
}

/** What a client asks of the console besides typing; done by `requestLine`. */
export interface DriverRequest {
  /** A format. */
  readonly condition: string
  readonly commands: string
}

/**
 * Does what a client asks, and nothing when a way brings the line once more, however late: by then somebody else may
 * drive. tmux remembers the last fifty.
 */
export function requestLine(id: string, requests: readonly DriverRequest[]): string {
  const isNew = `#{?#{m:*|${id}|*,#{@am_done}},0,1}`
  const deeds = requests.map(({ condition, commands }) => when(`#{&&:${isNew},${condition}}`, commands))
  return [...deeds, when(isNew, `set -gF @am_done "#{=-1000:@am_done}|${id}|"`)].join(' ; ')
}

/** Makes a client the driver if there is none, or only one that was not seen for 15 s. */
export const claim = (claimant: Claimant): DriverRequest => ({
  condition: isFree,
  commands: becomeDriver(claimant),
})

/** As `claim`, and each time: it takes nothing from anybody. */
export function claimLine(claimant: Claimant): string {
  return when(isFree, becomeDriver(claimant))
}

/** A client that drove since a moment, in seconds. */
export interface Driving {
  readonly hash: string
  readonly since: number
}

/**
 * Makes a client the driver whoever was it, or only as long as `from` is: a request that comes late takes nothing from
 * somebody who took over meanwhile. Null is nobody.
 */
export const takeOver = (claimant: Claimant, from?: Driving | null): DriverRequest => ({
  condition: from === undefined ? '1' : from === null ? isFree : `#{||:${isFree},${isDriving(from)}}`,
  commands: becomeDriver(claimant),
})

/** Applies a size if the client is the driver. */
export const driverSize = (hash: string, cols: number, rows: number): DriverRequest => ({
  condition: isDriver(hash),
  commands: `resize-window -x ${cols} -y ${rows}`,
})

/** Lets programs that ask for the terminal's colours (OSC 10 and 11) get those of the client, if it is the driver. */
export const driverColours = (hash: string, { foreground, background }: ConsoleColours): DriverRequest => ({
  condition: isDriver(hash),
  commands: `set -w window-style "fg=${foreground},bg=${background}"`,
})

/** Says for how many seconds from now `by`, an instance, answers for the driver. */
export function seenLine(hash: string, by: string, seconds: number): string {
  return when(isDriver(hash), `set -gF @am_seen "#{e|+:${clock},${seconds}}" ; set -g @am_seen_by ${by}`)
}

/** Says how many seconds ago the driver was last here, unless another instance answers for it by now. */
export function leftLine(hash: string, by: string, seconds: number): string {
  const isOurs = `#{&&:${isDriver(hash)},#{==:#{@am_seen_by},${by}}}`
  return when(isOurs, `set -gF @am_seen "#{e|-:${clock},${seconds}}"`)
}

/** Lets go of a driver that was not seen for 15 s. */
export const release: DriverRequest = {
  condition: `#{&&:#{!=:#{@am_driver},},${stale}}`,
  commands: `set -g @am_driver "" ; set -g @am_who "" ; ${driverMessage}`,
}

/** As `release`, and each time. */
export const releaseLine = when(release.condition, release.commands)
