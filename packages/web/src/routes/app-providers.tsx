import { QueryClientProvider } from '@tanstack/react-query'
import { Component, type ReactNode } from 'react'
import { Failure } from '../components/failure.tsx'
import { ToastProvider } from '../components/toasts.tsx'
import { ClientProvider } from '../queries/client-context.ts'
import type { App } from './create-app.ts'

export function AppProviders({ app, children }: { app: App; children: ReactNode }) {
  return (
    <LastResort>
      <ClientProvider value={app.client}>
        <QueryClientProvider client={app.queryClient}>
          <ToastProvider>{children}</ToastProvider>
        </QueryClientProvider>
      </ClientProvider>
    </LastResort>
  )
}

/** Catches what no route caught, so that the page never goes blank. */
class LastResort extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <main className="page">
        <Failure
          error={this.state.error}
          what="The dashboard stopped."
          onRetry={() => window.location.reload()}
        />
      </main>
    )
  }
}
