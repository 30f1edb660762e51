import type { SearchAddon } from '@xterm/addon-search'
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { readMatchColours } from './terminal-theme.ts'

/** Finds in the scrollback: count, next, previous, case, pattern. */
export function SearchBar({ search, onClose }: { search: SearchAddon; onClose: () => void }) {
  const decorations = useMemo(() => {
    const { match, now } = readMatchColours(document.documentElement)
    return {
      matchBackground: match,
      matchOverviewRuler: match,
      activeMatchBackground: now,
      activeMatchColorOverviewRuler: now,
    }
  }, [])
  const [text, setText] = useState('')
  const [caseSensitive, setCase] = useState(false)
  const [regex, setRegex] = useState(false)
  const [found, setFound] = useState<{ resultIndex: number; resultCount: number } | null>(null)
  const [hit, setHit] = useState(false)
  useEffect(() => {
    const listening = search.onDidChangeResults(setFound)
    return () => {
      listening.dispose()
      search.clearDecorations()
    }
  }, [search])
  const isPattern = !regex || isRegex(text)
  const options = { caseSensitive, regex: regex && isPattern, decorations }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the options are made of the listed values
  useEffect(() => {
    // The addon counts anew only for what it has not highlighted yet.
    search.clearDecorations()
    setHit(text !== '' && isPattern && search.findPrevious(text, { ...options, incremental: true }))
  }, [search, text, caseSensitive, regex])
  const step = (forward: boolean) => {
    if (!text || !isPattern) return
    if (forward) search.findNext(text, options)
    else search.findPrevious(text, options)
  }
  return (
    <search className="glass-line">
      <input
        // biome-ignore lint/a11y/noAutofocus: opened by a key to type into
        autoFocus
        className="glass-field flex-1"
        value={text}
        placeholder="Search the scrollback"
        aria-label="Search the scrollback"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey)
          if (event.key === 'Escape') onClose()
        }}
      />
      <span className="tabular min-w-[64px] text-glass-ink-2" role="status">
        {!isPattern ? 'No pattern' : text ? countOf(found, hit) : ''}
      </span>
      <Toggle label="Match case" text="Aa" pressed={caseSensitive} onPress={setCase} />
      <Toggle label="Pattern" text=".*" pressed={regex} onPress={setRegex} />
      <IconButton label="Previous match" onClick={() => step(false)}>
        <ArrowUp className="icon" aria-hidden="true" />
      </IconButton>
      <IconButton label="Next match" onClick={() => step(true)}>
        <ArrowDown className="icon" aria-hidden="true" />
      </IconButton>
      <IconButton label="Close the search" onClick={onClose}>
        <X className="icon" aria-hidden="true" />
      </IconButton>
    </search>
  )
}

function Toggle({
  label,
  text,
  pressed,
  onPress,
}: {
  label: string
  text: string
  pressed: boolean
  onPress: (pressed: boolean) => void
}) {
  return (
    <button
      type="button"
      className="button button-quiet button-icon mono"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={() => onPress(!pressed)}
    >
      {text}
    </button>
  )
}

function IconButton({
  label,
  onClick,
  children,
}: {
  label: string
  onClick: () => void
  children: React.ReactNode
}) {
  return (
    <button
      type="button"
      className="button button-quiet button-icon"
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      {children}
    </button>
  )
}

function countOf(found: { resultIndex: number; resultCount: number } | null, hit: boolean): string {
  if (!found || found.resultCount === 0) return hit ? 'Found' : 'No match'
  return found.resultIndex < 0 ? `${found.resultCount}` : `${found.resultIndex + 1} of ${found.resultCount}`
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    // Half-typed patterns are no error, only no pattern yet.
    return false
  }
}
