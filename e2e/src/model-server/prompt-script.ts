/** What the model does about a prompt; the prompt itself says it. */
export type ScriptedReply = ScriptedText | { readonly kind: 'tool'; readonly command: string } | ScriptedError

export interface ScriptedText {
  readonly kind: 'text'
  readonly tokens: readonly string[]
  readonly delayMs: number
  /** The connection ends after the tokens, with the answer unfinished. */
  readonly isCut: boolean
}

export interface ScriptedError {
  readonly kind: 'error'
  readonly status: number
  /** Seconds that the `Retry-After` header names, if there is one. */
  readonly retryAfter: number | null
}

export interface Turn {
  /** The last thing the person wrote. */
  readonly prompt: string
  /** What a tool answered after that, if one did. */
  readonly toolResult: string | null
  /** False for the side requests of a CLI, such as one for a title. */
  readonly hasTools: boolean
}

const slowTokenMs = 50

/** What agents call the tool that runs the command in its member `command`. */
const shellTools = ['Bash', 'bash', 'exec', 'shell', 'terminal']

/** The tool that runs a command, among the names of those an agent offers. */
export function shellToolIn(names: readonly string[]): string | null {
  return names.find((name) => shellTools.includes(name)) ?? null
}

/**
 * Reads the reply off the prompt: `TOOLCALL[cmd]` runs a command, `SLOW[n]` sends n numbered tokens one by one,
 * `ANSWER[text]` says the text, `CUT[n]` loses the connection after n tokens, `ERROR[status]` fails, with
 * `ERROR[status seconds]` until then; anything else is answered with `Understood.`
 */
export function scriptReply(turn: Turn): ScriptedReply {
  if (!turn.hasTools) return text(['A title'])
  const error = argumentOf('ERROR', turn.prompt)
  if (error !== null) {
    const [status, retryAfter] = error.split(' ')
    return { kind: 'error', status: Number(status), retryAfter: retryAfter ? Number(retryAfter) : null }
  }
  const cut = argumentOf('CUT', turn.prompt)
  if (cut !== null) return { ...text(numbered(Number(cut))), isCut: true }
  const slow = argumentOf('SLOW', turn.prompt)
  const slowly = slow === null ? null : { ...text(numbered(Number(slow))), delayMs: slowTokenMs }
  if (turn.toolResult !== null)
    return slowly ?? text(['The command printed: ', turn.toolResult.slice(0, 2000)])
  const command = argumentOf('TOOLCALL', turn.prompt)
  if (command !== null) return { kind: 'tool', command }
  return slowly ?? text([argumentOf('ANSWER', turn.prompt) ?? 'Understood.'])
}

/** Whether a CLI wrote this by itself, in the person's name: they all put it into a tag. */
export function isContext(text: string): boolean {
  return text.startsWith('<')
}

function text(tokens: readonly string[]): ScriptedText {
  return { kind: 'text', tokens, delayMs: 0, isCut: false }
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `token-${index + 1} `)
}

function argumentOf(word: string, prompt: string): string | null {
  const start = prompt.indexOf(`${word}[`)
  if (start === -1) return null
  const from = start + word.length + 1
  const end = prompt.indexOf(']', from)
  return end === -1 ? null : prompt.slice(from, end)
}
