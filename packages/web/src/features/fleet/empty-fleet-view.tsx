import { Link } from '@tanstack/react-router'
import { Failure } from '../../components/failure.tsx'
import type { Choices } from '../deploy/deploy-choices.ts'
import { inSentence } from '../machines/in-sentence.ts'

export interface EmptyFleetViewProps {
  readonly starts: readonly Choices['chosen'][]
  readonly counts: { readonly runtimes: number; readonly substrates: number; readonly upstreams: number }
  readonly isPending: boolean
  readonly error: unknown
  readonly onDeploy: (chosen: Choices['chosen']) => void
}

export function EmptyFleetView({ starts, counts, isPending, error, onDeploy }: EmptyFleetViewProps) {
  const first = starts[0]
  return (
    <main className="page" id="main">
      <div className="hero">
        <h1>No machines yet</h1>
        <p>A machine is one agent in its own isolated place. It keeps working when you close this page.</p>
        <ul className="panel choices">
          {starts.map((chosen, index) => (
            <li key={chosen.runtime.id}>
              <div>
                <b>
                  {chosen.runtime.label} on {inSentence(chosen.substrate.label)}
                </b>
                <p className="text-ink-2">
                  {chosen.upstream
                    ? `Through ${chosen.upstream.label}. Its key is here.`
                    : 'No key, no account. Look around first.'}
                </p>
              </div>
              <button
                type="button"
                className={`button ${index === 0 ? 'button-primary' : ''}`}
                disabled={isPending}
                onClick={() => onDeploy(chosen)}
              >
                {index === 0 ? 'Deploy and talk' : 'Deploy'}
              </button>
            </li>
          ))}
          <li>
            <div>
              <b>Something else</b>
              <p className="text-ink-2">
                {counts.runtimes} runtimes, {counts.substrates}{' '}
                {counts.substrates === 1 ? 'substrate' : 'substrates'}, {counts.upstreams} upstreams.
              </p>
            </div>
            <Link to="/dashboard/deploy" className="button">
              Choose
            </Link>
          </li>
        </ul>
        {error !== null && (
          <div className="mt-4">
            <Failure error={error} what="The machine was not deployed." />
          </div>
        )}
        {first && (
          <p>
            Or from a shell:{' '}
            <code>
              am deploy --runtime {first.runtime.id} --substrate {first.substrate.id}
            </code>
          </p>
        )}
      </div>
    </main>
  )
}
