import { useRuntimes, useSubstrates, useUpstreams } from '../../queries/catalogue.ts'
import { useCredentials } from '../../queries/credentials.ts'
import type { Catalogue } from './deploy-choices.ts'

/** All that can be combined, once everything of it is there. */
export function useCatalogue() {
  const all = [useRuntimes(), useSubstrates(), useUpstreams(), useCredentials()] as const
  const [runtimes, substrates, upstreams, credentials] = all
  const catalogue: Catalogue | null =
    runtimes.data && substrates.data && upstreams.data && credentials.data
      ? {
          runtimes: runtimes.data,
          substrates: substrates.data,
          upstreams: upstreams.data,
          credentials: credentials.data,
        }
      : null
  const error = all.find((each) => each.error)?.error ?? null
  const refetch = () => {
    for (const each of all) each.refetch().catch(reportError)
  }
  return { catalogue, error, refetch }
}
