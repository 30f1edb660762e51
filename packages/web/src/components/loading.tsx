import { useEffect, useState } from 'react'

const widths = ['60%', '42%', '74%', '55%']

/** Nothing for 200 ms, then the still shape of what comes, after 1 s `words`, after 10 s what to try. */
export function Loading({ words, rows = 3 }: { words: string; rows?: number }) {
  const stage = useStage()
  if (stage === 0) return <div aria-busy="true" />
  return (
    <div className="bones" aria-busy="true">
      {Array.from({ length: rows }, (_, index) => index).map((index) => (
        <div key={index}>
          <i />
          <i style={{ width: 120 }} />
          <i style={{ width: widths[index % widths.length] }} />
        </div>
      ))}
      <p className="mt-2 text-ink-3" role="status">
        {stage >= 2 && words}
        {stage >= 3 && ' This takes longer than usual. Check that am up still runs, then reload.'}
      </p>
    </div>
  )
}

function useStage(): number {
  const [stage, setStage] = useState(0)
  useEffect(() => {
    const timers = [200, 1000, 10_000].map((ms, index) => setTimeout(() => setStage(index + 1), ms))
    return () => timers.forEach(clearTimeout)
  }, [])
  return stage
}
