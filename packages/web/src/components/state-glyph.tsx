import type { ReactNode } from 'react'
import type { GlyphKind } from '../features/machines/display-state.ts'

/** Shapes of states and of small marks beside text; a shape never changes its meaning. */
export type Shape = GlyphKind | 'done' | 'pending' | 'off' | 'live'

const dotted = <circle className="o" cx="8" cy="8" r="5.7" strokeDasharray="0.1 3.48" strokeLinecap="round" />
const square = <rect className="o" x="2.8" y="2.8" width="10.4" height="10.4" rx="1.6" />
const triangle = (
  <path
    fillRule="evenodd"
    d="M7 1.9a1.15 1.15 0 0 1 2 0l6.1 10.6a1.15 1.15 0 0 1-1 1.7H1.9a1.15 1.15 0 0 1-1-1.7ZM7.2 5.6v4h1.6v-4Zm.8 4.9a.95.95 0 1 0 0 1.9.95.95 0 0 0 0-1.9Z"
  />
)

const drawings: Readonly<Record<Shape, ReactNode>> = {
  waiting: <path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" />,
  busy: (
    <>
      <circle className="o" cx="8" cy="8" r="5.6" opacity=".2" />
      <path
        className="o turning"
        style={{ strokeWidth: 2 }}
        strokeLinecap="round"
        d="M8 2.4a5.6 5.6 0 0 1 4.85 8.4"
      />
    </>
  ),
  starting: dotted,
  idle: <circle className="o" cx="8" cy="8" r="5.2" />,
  limited: <path d="M3.2 1.6h9.6v1.7L9.4 8l3.4 4.7v1.7H3.2v-1.7L6.6 8 3.2 3.3Z" />,
  exited: square,
  broken: square,
  unknown: (
    <>
      <circle className="o" cx="8" cy="8" r="5.7" strokeDasharray="2.2 2.28" />
      <circle cx="8" cy="8" r="1.5" />
    </>
  ),
  provisioning: dotted,
  bootstrapping: (
    <>
      <circle className="o" cx="8" cy="8" r="5.7" />
      <path d="M8 4.2A3.8 3.8 0 0 1 8 11.8Z" />
    </>
  ),
  ready: <circle cx="8" cy="8" r="4.4" />,
  asleep: <path d="M13.6 9.9A6.2 6.2 0 0 1 6.1 2.4a6.2 6.2 0 1 0 7.5 7.5Z" />,
  waking: (
    <>
      <path d="M2.6 11a5.4 5.4 0 0 1 10.8 0Z" />
      <path className="o" strokeLinecap="round" d="M1.2 13.9h13.6M8 1.6v1.6" />
    </>
  ),
  destroying: (
    <>
      <circle className="o" cx="8" cy="8" r="5.7" />
      <path className="o" strokeLinecap="round" d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />
    </>
  ),
  destroyed: <path className="o" strokeLinecap="round" d="m4 4 8 8m0-8-8 8" />,
  failed: triangle,
  done: (
    <path
      className="o"
      style={{ strokeWidth: 2 }}
      strokeLinecap="round"
      strokeLinejoin="round"
      d="m3 8.6 3.3 3.3L13 4.8"
    />
  ),
  pending: <circle className="o" cx="8" cy="8" r="5.2" />,
  off: <path className="o" strokeLinecap="round" d="M4 8h8" />,
  live: <circle cx="8" cy="8" r="3.6" />,
}

/** Always stands beside its word, so it is hidden from assistive technology. */
export function StateGlyph({ shape }: { shape: Shape }) {
  return (
    <svg className={`glyph glyph-${shape}`} viewBox="0 0 16 16" aria-hidden="true">
      {drawings[shape]}
    </svg>
  )
}
