/** Our mark, a screen with a cursor; the cursor is amber while an agent waits. */
export function Mark({ waiting }: { waiting: boolean }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <rect className="mark-frame" x="1.6" y="2.6" width="16.8" height="14.8" rx="3" />
      <rect className="mark-cursor" data-on={waiting} x="5.2" y="9.4" width="5.4" height="4.6" rx=".6" />
    </svg>
  )
}
