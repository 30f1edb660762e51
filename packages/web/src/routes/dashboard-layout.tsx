import { Outlet, useNavigate, useRouteContext, useRouterState } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { nextWaiting, waitingMachines } from '../features/machines/group-machines.ts'
import { MachineDialogs } from '../features/machines/machine-dialogs.tsx'
import { useLiveUpdates } from '../live/use-live-updates.ts'
import { useWaitAnnouncement } from '../live/use-wait-announcement.ts'
import { useMachines } from '../queries/machines.ts'
import { isTyping } from './is-typing.ts'
import { TopBar } from './top-bar.tsx'

/** Top bar, live updates and shortcuts: what every page of the dashboard shares. */
export function DashboardLayout() {
  const { signedOut } = useRouteContext({ from: '/dashboard' })
  useLiveUpdates(signedOut)
  const machines = useMachines()
  const waiting = useMemo(() => waitingMachines(machines.data ?? []), [machines.data])
  const current = useRouterState({
    select: (state) => /^\/dashboard\/machines\/([^/]+)/.exec(state.location.pathname)?.[1] ?? null,
  })
  // On a phone the machine's own head takes the bar's place.
  const isNowhere = machines.isSuccess && machines.data.every(({ id }) => id !== current)
  const announcement = useWaitAnnouncement(waiting, machines.isSuccess)
  useFavicon(waiting.length > 0)
  useShortcuts(nextWaiting(waiting, current)?.id)
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <div className={current && !isNowhere ? 'wide-only' : undefined}>
        <TopBar waiting={waiting} />
      </div>
      <MachineDialogs>
        <Outlet />
      </MachineDialogs>
      <p className="sr-only" aria-live="polite">
        {announcement}
      </p>
    </>
  )
}

function useShortcuts(next: string | undefined): void {
  const navigate = useNavigate()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isNext =
        event.code === 'KeyJ' && (event.metaKey || (event.ctrlKey && event.shiftKey)) && !event.altKey
      if (isNext && next) {
        event.preventDefault()
        navigate({ to: '/dashboard/machines/$id/terminal', params: { id: next } }).catch(reportError)
        return
      }
      if (event.key !== 'n' || event.metaKey || event.ctrlKey || event.altKey || isTyping(event)) return
      event.preventDefault()
      navigate({ to: '/dashboard/deploy' }).catch(reportError)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [navigate, next])
}

/** The cursor in the tab's icon is amber while an agent waits. */
function useFavicon(waiting: boolean): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=icon]')
    if (link) link.href = waiting ? waitingIcon : '/favicon.svg'
  }, [waiting])
}

const waitingIcon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect x="1.6" y="2.6" width="16.8" height="14.8" rx="3" fill="#fff" stroke="#16191f" stroke-width="1.7"/><rect x="4.6" y="8.4" width="6.8" height="5.8" rx=".6" fill="#fba919"/></svg>',
)}`
