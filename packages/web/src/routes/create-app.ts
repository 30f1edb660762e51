import type { Client } from '@agent-machines/client'
import { isAgentMachinesError } from '@agent-machines/core'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { clientWithProof } from '../live/follow-fleet.ts'
import { forgetProof, readProof } from '../session/proof.ts'
import { createAppRouter } from './router.tsx'

export interface App {
  readonly client: Client
  readonly queryClient: QueryClient
  readonly router: ReturnType<typeof createAppRouter>
}

/** Builds the graph of the page: client, cache, router. */
export function createApp(): App {
  const client = clientWithProof(readProof)
  const onError = (error: unknown) => {
    if (isAgentMachinesError(error, 'SIGN_IN_REQUIRED')) app.router.options.context.signedOut()
  }
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: shouldRetry, refetchOnWindowFocus: true } },
  })
  const app: App = { client, queryClient, router: createAppRouter({ queryClient, signedOut }) }
  return app

  function signedOut(): void {
    if (app.router.state.location.pathname === '/login') return
    forgetProof()
    const { href } = app.router.state.location
    queryClient.clear()
    app.router.navigate({ to: '/login', search: { return: href, ended: true } }).catch(reportError)
  }
}

const mostTries = 2

function shouldRetry(failures: number, error: unknown): boolean {
  return isAgentMachinesError(error) && error.entry.retry === 'later' && failures < mostTries
}
