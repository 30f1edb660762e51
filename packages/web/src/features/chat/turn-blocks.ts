import type { StoredRunEvent } from '@agent-machines/core'

/** Something to read in what an agent did with a message. */
export type TurnBlock = { readonly key: number } & (
  | { readonly kind: 'message' | 'thinking'; readonly text: string }
  | {
      readonly kind: 'tool'
      readonly name: string
      /** One line on what it works with. */
      readonly about: string
      readonly input: string
      /** Null while it goes on. */
      readonly output: string | null
      readonly isError: boolean
    }
  | { readonly kind: 'error'; readonly text: string }
)

/** Calls together with their results, in the order in which they began; what helpers of the agent did is left out. */
export function turnBlocksOf(events: readonly StoredRunEvent[]): TurnBlock[] {
  const blocks: TurnBlock[] = []
  const calls = new Map<string, number>()
  for (const event of events) {
    const key = event.seq
    if ('parent' in event.data && event.data.parent !== undefined) continue
    switch (event.event) {
      case 'message':
      case 'thinking':
        if (event.data.text.trim() !== '') blocks.push({ key, kind: event.event, text: event.data.text })
        break
      case 'tool-call': {
        const { call, name, input } = event.data
        calls.set(call, blocks.length)
        blocks.push({ key, kind: 'tool', name, ...wordsOf(input), output: null, isError: false })
        break
      }
      case 'tool-result': {
        const { call, output, isError } = event.data
        const at = calls.get(call) ?? -1
        const block = blocks[at]
        if (block?.kind === 'tool') blocks[at] = { ...block, output, isError }
        break
      }
      case 'error':
        // What is said again with each try is said once.
        if (textOfError(blocks.at(-1)) !== event.data.message)
          blocks.push({ key, kind: 'error', text: event.data.message })
    }
  }
  return blocks
}

/** Null for anything but an error. */
export function textOfError(block: TurnBlock | undefined): string | null {
  return block?.kind === 'error' ? block.text : null
}

/** The first text in the input, a command or a path, says what the call is about. */
function wordsOf(input: unknown): { about: string; input: string } {
  const texts = (typeof input === 'string' ? [input] : Object.values(Object(input))).filter(
    (value) => typeof value === 'string',
  )
  const about = texts[0]?.trim().split('\n', 1)[0] ?? ''
  return { about, input: typeof input === 'string' ? input : JSON.stringify(input, null, 2) }
}
