export interface CopyRequestProps {
  readonly runtime: string
  readonly length: number
  readonly onAnswer: (isAllowed: boolean) => void
}

/** A program asked to put text on the clipboard; asked once per machine. */
export function CopyRequest({ runtime, length, onAnswer }: CopyRequestProps) {
  return (
    <div className="glass-line" role="alertdialog" aria-label="Copying">
      <span className="flex-1">
        {runtime} wants to copy {length} {length === 1 ? 'character' : 'characters'} to your clipboard.
      </span>
      <button type="button" className="button" onClick={() => onAnswer(true)}>
        Allow on this machine
      </button>
      <button type="button" className="button button-quiet" onClick={() => onAnswer(false)}>
        Not now
      </button>
    </div>
  )
}
