import type { Gateway } from '@agent-machines/core'
import type { Shape } from '../../components/state-glyph.tsx'

const shapes: Readonly<Record<Gateway['state'], Shape>> = {
  starting: 'starting',
  ready: 'live',
  down: 'broken',
  stopped: 'off',
}

const sentences: Readonly<Record<Gateway['state'], string>> = {
  starting: 'Its chat gateway is starting; a message waits for it.',
  ready: 'Messages go to its chat gateway, which keeps the agent loaded.',
  down: 'Its chat gateway is down and will be started again.',
  stopped: 'Its chat gateway starts with the machine.',
}

/** A chat gateway's state as a shape and, in a sentence, what that means for a message. */
export function gatewayWords({ state, detail }: Gateway): { readonly glyph: Shape; readonly says: string } {
  return { glyph: shapes[state], says: [sentences[state], detail ?? ''].join(' ').trim() }
}
