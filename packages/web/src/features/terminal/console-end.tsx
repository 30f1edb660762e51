import type { ConsoleState } from '@agent-machines/client'
import { CopyButton } from '../../components/copy-button.tsx'
import { factsOf } from '../../components/failure.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'

type Ended = Extract<ConsoleState, { state: 'ended' }>

const sentences: Readonly<Record<Ended['reason'], string>> = {
  limit: 'This console was open as long as its host allows.',
  asleep: 'The machine went to sleep. Nothing is typed until it is up.',
  exited: 'What ran in this console has ended.',
  destroyed: 'The machine was destroyed.',
  replaced: 'This console is open in another window.',
  refused: 'The console can’t be opened.',
  closed: 'The console is closed.',
}

export interface ConsoleEndProps {
  readonly state: Ended
  readonly onAgain: () => void
  /** Missing for the console that every machine has. */
  readonly onCloseTab?: (() => void) | undefined
}

/** Why the console ended, under a screen that stays as it was. */
export function ConsoleEnd({ state, onAgain, onCloseTab }: ConsoleEndProps) {
  const facts = state.error ? factsOf(state.error) : null
  const isOver = state.reason === 'destroyed' || facts?.retry === 'never'
  return (
    <div className="glass-line" role="alert">
      <StateGlyph shape={facts ? 'failed' : 'exited'} />
      <span className="flex-1">{facts ? `${facts.detail} ${facts.hint}` : sentences[state.reason]}</span>
      {facts && (
        <CopyButton
          text={[facts.detail, `code: ${facts.code}`, `request: ${facts.requestId ?? 'none'}`].join('\n')}
          label="Copy report"
        />
      )}
      {onCloseTab && state.reason === 'exited' && (
        <button type="button" className="button" onClick={onCloseTab}>
          Close the tab
        </button>
      )}
      {!isOver && (
        <button type="button" className="button" onClick={onAgain}>
          {state.reason === 'exited' ? 'Start again' : 'Open again'}
        </button>
      )}
    </div>
  )
}
