import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { choicesOf } from '../deploy/deploy-choices.ts'
import { makeMachineName } from '../deploy/machine-name.ts'
import { useCatalogue } from '../deploy/use-catalogue.ts'
import { useDeploy } from '../deploy/use-deploy.ts'
import { EmptyFleetView } from './empty-fleet-view.tsx'

/** A new fleet: what can be deployed right now with the keys that exist. */
export function EmptyFleetPage() {
  const { catalogue, error, refetch } = useCatalogue()
  const { deploy, isPending, error: deployError } = useDeploy()
  const [name] = useState(() => makeMachineName(Math.random))
  if (!catalogue) {
    return (
      <main className="page" id="main">
        <h1 className="page-title mb-4">Fleet</h1>
        {error ? (
          <Failure error={error} what="What can be deployed could not be read." onRetry={refetch} />
        ) : (
          <Loading words="Asking what can be deployed…" />
        )}
      </main>
    )
  }
  const starts = catalogue.runtimes.map((runtime) =>
    choicesOf(catalogue, { runtime: runtime.id, substrate: null, upstream: null, model: '' }),
  )
  return (
    <EmptyFleetView
      starts={starts.flatMap((each, index) =>
        each && each.verdict.state === 'ready' && each.chosen.runtime.id === catalogue.runtimes[index]?.id
          ? [each.chosen]
          : [],
      )}
      counts={{
        runtimes: catalogue.runtimes.length,
        substrates: catalogue.substrates.length,
        upstreams: catalogue.upstreams.length,
      }}
      isPending={isPending}
      error={deployError}
      onDeploy={({ runtime, substrate, upstream }) =>
        deploy({
          name,
          runtime: runtime.id,
          substrate: substrate.id,
          ...(upstream ? { upstream: upstream.id } : {}),
        })
      }
    />
  )
}
