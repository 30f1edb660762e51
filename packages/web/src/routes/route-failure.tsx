import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { Failure } from '../components/failure.tsx'

/** What a route shows in its own place when it stops; the rest of the page stays usable. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const retry = () => {
    reset()
    router.invalidate().catch(reportError)
  }
  return (
    <div className="page">
      <Failure error={error} what="This page stopped." onRetry={retry} />
    </div>
  )
}
