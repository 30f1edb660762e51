import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { returnPathOf } from '../session/login-token.ts'
import { readProof } from '../session/proof.ts'
import { NotFound } from './not-found.tsx'
import { RouteFailure } from './route-failure.tsx'

export interface RouterContext {
  readonly queryClient: QueryClient
  /** Leaves for the login page and comes back afterwards. */
  readonly signedOut: () => void
}

const rootRoute = createRootRouteWithContext<RouterContext>()({})

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: readProof() ? '/dashboard' : '/login' })
  },
})

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { return?: string; ended?: boolean } => ({
    ...(search['return'] === undefined ? {} : { return: returnPathOf(search['return']) }),
    ...(search['ended'] === true ? { ended: true } : {}),
  }),
  component: lazyRouteComponent(() => import('../features/login/login-page.tsx'), 'LoginPage'),
})

const dashboardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/dashboard',
  beforeLoad: ({ location }) => {
    if (!readProof()) throw redirect({ to: '/login', search: { return: location.href } })
  },
  component: lazyRouteComponent(() => import('./dashboard-layout.tsx'), 'DashboardLayout'),
})

export interface FleetSearch {
  readonly group?: string | undefined
  readonly filter?: string | undefined
}

function fleetSearch(search: Record<string, unknown>): FleetSearch {
  const { group, filter } = search
  return {
    ...(typeof group === 'string' ? { group } : {}),
    ...(typeof filter === 'string' && filter !== '' ? { filter } : {}),
  }
}

const FleetPage = lazyRouteComponent(() => import('../features/fleet/fleet-page.tsx'), 'FleetPage')

const fleetRoute = createRoute({
  getParentRoute: () => dashboardRoute,
  path: '/',
  validateSearch: fleetSearch,
  component: FleetPage,
})

const machinesRoute = createRoute({
  getParentRoute: () => dashboardRoute,
  path: 'machines',
  validateSearch: fleetSearch,
  component: FleetPage,
})

const deployRoute = createRoute({
  getParentRoute: () => dashboardRoute,
  path: 'deploy',
  component: lazyRouteComponent(() => import('../features/deploy/deploy-page.tsx'), 'DeployPage'),
})

const setupRoute = createRoute({
  getParentRoute: () => dashboardRoute,
  path: 'setup',
  beforeLoad: () => {
    throw redirect({ to: '/dashboard/deploy' })
  },
})

const settingsRoute = createRoute({
  getParentRoute: () => dashboardRoute,
  path: 'settings',
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
})

const machineRoute = createRoute({
  getParentRoute: () => dashboardRoute,
  path: 'machines/$id',
  component: lazyRouteComponent(() => import('../features/machine/machine-layout.tsx'), 'MachineLayout'),
})

const overviewRoute = createRoute({
  getParentRoute: () => machineRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../features/machine/overview-page.tsx'), 'OverviewPage'),
})

const chatRoute = createRoute({
  getParentRoute: () => machineRoute,
  path: 'chat',
  component: lazyRouteComponent(() => import('../features/chat/chat-page.tsx'), 'ChatPage'),
})

const terminalRoute = createRoute({
  getParentRoute: () => machineRoute,
  path: 'terminal',
  validateSearch: (search: Record<string, unknown>): { launch?: 1; session?: string } => ({
    ...(String(search['launch']) === '1' ? { launch: 1 as const } : {}),
    ...(typeof search['session'] === 'string' && /^[a-z0-9-]{1,32}$/.test(search['session'])
      ? { session: search['session'] }
      : {}),
  }),
  component: lazyRouteComponent(() => import('../features/terminal/terminal-page.tsx'), 'TerminalPage'),
})

const routeTree = rootRoute.addChildren([
  homeRoute,
  loginRoute,
  dashboardRoute.addChildren([
    fleetRoute,
    machinesRoute,
    deployRoute,
    setupRoute,
    settingsRoute,
    machineRoute.addChildren([overviewRoute, chatRoute, terminalRoute]),
  ]),
])

export function createAppRouter(context: RouterContext) {
  return createRouter({
    routeTree,
    context,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: NotFound,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
