import { captureTag } from './log-parser.ts'

/** Who a batch comes from and what must hold for it to be typed. */
export interface Guarded {
  /** The client's name as `hashOf` gives it. */
  readonly hash: string
  readonly seq: number
  readonly epoch: string
}

const keysPerCommand = 256
const hexOfByte = Array.from({ length: 256 }, (_, byte) => ` ${byte.toString(16).padStart(2, '0')}`)

/**
 * Does `commands` if and only if the batch is the client's next one, and says so in-band either way.
 *
 * tmux runs a command list without anything in between, so the comparison, the deed and the acknowledgement
 * are one step. Equality and not less-than: with less-than a batch that overtakes another makes it vanish.
 */
function onceLine(batch: Guarded, commands: string): string {
  const { hash, seq, epoch } = batch
  const found = `#{@am_${hash}}/#{@am_epoch}/#{@am_driver}/#{pane_dead}/#{pane_in_mode}`
  const wanted = `${seq === 1 ? '' : seq - 1}/${epoch}/${hash}/0/0`
  const done = `${commands} ; set -g @am_${hash} ${seq} ; display-message -p "am:ack|${hash}|${seq}|${epoch}"`
  const refused = `display-message -p "am:nack|${hash}|${seq}|#{@am_${hash}}|#{@am_epoch}|#{@am_driver}|#{pane_dead}|#{pane_in_mode}|#{@am_who}|#{@am_since}"`
  return `if-shell -F '#{==:${found},${wanted}}' '${done}' '${refused}'`
}

/** Types bytes: as hex, so that no shell, key name or locale reads them otherwise. */
export function typeLine(batch: Guarded, bytes: Uint8Array): string {
  const commands: string[] = []
  for (let start = 0; start < bytes.length; start += keysPerCommand) {
    let hex = ''
    for (const byte of bytes.subarray(start, start + keysPerCommand)) hex += hexOfByte[byte]
    commands.push(`send-keys -H${hex}`)
  }
  return onceLine(batch, commands.join(' ; '))
}

/** Pastes a file of the worker; bracketed when the program in the pane asked for it. */
export function pasteLine(batch: Guarded, path: string, buffer: string): string {
  return onceLine(batch, `load-buffer -b ${buffer} "${path}" ; paste-buffer -d -p -b ${buffer}`)
}

export function resizeLine(batch: Guarded, cols: number, rows: number): string {
  return onceLine(batch, `resize-window -x ${cols} -y ${rows}`)
}

/** Leaves copy mode, where keys would be swallowed. */
export const leaveModeLine = `if-shell -F '#{==:#{pane_in_mode},1}' 'send-keys -X cancel' ''`

/** Asks for everything that a joiner must know; with a hash also for that client's last sequence number. */
export function helloLine(nonce: string, hash?: string): string {
  const acked = hash === undefined ? '' : `#{@am_${hash}}`
  return `display-message -p 'am:hello|${nonce}|#{@am_epoch}|#{pane_width}|#{pane_height}|#{pane_dead}|#{@am_driver}|#{@am_who}|#{@am_since}|${acked}|#{@am_rest}|#{@am_screen}|%s|#{@am_sig}|#{@am_file}|#{pane_title}'`
}

const screenFormats = [
  'history_size',
  'pane_height',
  'pane_width',
  'alternate_on',
  'alternate_saved_x',
  'alternate_saved_y',
  'cursor_x',
  'cursor_y',
  'cursor_flag',
  'insert_flag',
  'keypad_cursor_flag',
  'keypad_flag',
  'wrap_flag',
  'origin_flag',
  'scroll_region_upper',
  'scroll_region_lower',
  'mouse_standard_flag',
  'mouse_button_flag',
  'mouse_all_flag',
  'mouse_utf8_flag',
  'mouse_sgr_flag',
  'pane_tabs',
  'pane_title',
]

/**
 * Captures the screen and at most `depth` lines above it in-band: one command list, so no output falls between
 * its parts. The joined captures tell which rows are one line that was wrapped.
 */
export function captureLine(depth: number): string {
  const formats = screenFormats.map((name) => `#{${name}}`).join('|')
  return [
    `display-message -p '${captureTag}${depth}|${formats}'`,
    `capture-pane -epN -S -${depth}`,
    `capture-pane -pJ -S -${depth}`,
    'capture-pane -a -q -epN',
    'capture-pane -a -q -pJ',
    'capture-pane -P -C -p',
  ].join(' ; ')
}
