import type { UndeliveredInput } from '@agent-machines/client'
import { CopyButton } from '../../components/copy-button.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { readableKeys, type UndeliveredKeys } from './undelivered-keys.ts'

export interface UndeliveredLineProps {
  readonly keys: readonly UndeliveredKeys[]
  /** Missing while nothing can be typed. */
  readonly onTypeAgain: (() => void) | null
  readonly onForget: () => void
}

const shownKeys = 80

/** What was typed and did not arrive: why, what it was, and two ways to keep it. */
export function UndeliveredLine({ keys, onTypeAgain, onForget }: UndeliveredLineProps) {
  const last = keys.at(-1)
  if (!last) return null
  const text = keys.map(({ bytes }) => new TextDecoder().decode(bytes)).join('')
  const readable = keys.map(({ bytes }) => readableKeys(bytes)).join('')
  return (
    <div className="glass-line" role="alert">
      <StateGlyph shape="failed" />
      <span className="flex-1">
        Not typed: {whyNot[last.reason]}{' '}
        <code className="undelivered">
          {readable.length > shownKeys ? `${readable.slice(0, shownKeys)}…` : readable}
        </code>
      </span>
      <CopyButton text={text} />
      {onTypeAgain && (
        <button type="button" className="button" onClick={onTypeAgain}>
          Type it again
        </button>
      )}
      <button type="button" className="button button-quiet button-small" onClick={onForget}>
        Forget it
      </button>
    </div>
  )
}

const whyNot: Readonly<Record<UndeliveredInput['reason'], string>> = {
  gap: 'what came before it is missing.',
  restarted: 'the program it was meant for is gone, another runs.',
  'not-driver': 'somebody else drives.',
  exited: 'nothing runs in this console.',
  ended: 'the console has ended.',
  'too-large': 'it is too much at once, 1 MiB goes.',
  refused: 'it was refused.',
}
