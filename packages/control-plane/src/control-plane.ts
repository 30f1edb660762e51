import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { AgentMachinesError } from '@agent-machines/core'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Logger } from 'pino'
import { type AllowList, allowListOf } from './accounts/allow-list.ts'
import { ensureLocalApiKey } from './accounts/local-api-key.ts'
import { buildServices, type CreateProviders, type Services, workspace } from './build-services.ts'
import { createApp } from './http/app.ts'
import { accessRequestOf, authorizeRoute } from './http/authorization.ts'
import { serveConsoleSockets } from './http/console-socket.ts'
import { createDashboard } from './http/dashboard.ts'
import type { Access } from './http/route.ts'
import { loginLink } from './http/routes/account-routes.ts'
import { createRoutes } from './http/routes/create-routes.ts'
import { listen } from './http/serve.ts'
import { streamSignal } from './http/stream-signal.ts'
import { type OpenStore, openStore } from './open-store.ts'
import { type ControlPlaneOptions, installerEnvironment, isLoopback, streamLimitMs } from './options.ts'
import { installMissingTools } from './setup/install-tools.ts'
import { InstallationStore } from './store/installation-store.ts'

/** A control plane that serves. */
export interface ControlPlane {
  readonly url: string
  /** Works once, for 15 minutes. */
  readonly loginLink: string
  /** From here on `/readyz` says so: called once both are printed. */
  markReady(): void
  /** Ends within 5 s; machines keep running. Gives how many, null where the database does not say. */
  stop(): Promise<number | null>
}

const graceMs = 3_500

/**
 * Builds the whole graph and starts serving; rejects with a code that tells a person what to do.
 *
 * Whoever embeds it may bring substrates of its own.
 */
export async function startControlPlane(
  options: ControlPlaneOptions,
  log: Logger,
  createProviders?: CreateProviders,
): Promise<ControlPlane> {
  if (!isLoopback(options.host)) {
    throw new AgentMachinesError('HOST_NOT_LOOPBACK', `${options.host} is reachable from other computers.`)
  }
  await installMissingTools({
    path: options.environment['PATH'] ?? '',
    asRoot: options.user.uid === 0,
    forbidden: !options.install,
    environment: installerEnvironment(options.environment),
    say: options.say,
  })
  const store = await openStore(options, log)
  try {
    return await serve(options, store, log, createProviders)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function serve(
  options: ControlPlaneOptions,
  store: OpenStore,
  log: Logger,
  createProviders: CreateProviders | undefined,
): Promise<ControlPlane> {
  const services = buildServices(options, store, log, createProviders)
  const { db } = store.database
  const instance = await new InstallationStore(db, randomUUID).instanceId()
  const path = store.paths.localApiKey
  await ensureLocalApiKey({
    db,
    keys: services.keys,
    path,
    uid: options.user.uid,
    workspace,
    newId: randomUUID,
  })

  const face = createFace(options, services, instance, log)
  const listening = await listen(face.app, options.host, options.port)
  face.open(listening.port)
  const sockets = serveConsoleSockets(listening.server, {
    consoles: services.consoles,
    authorize: (request) => face.authorizeSocket(request),
    revocations: services.revocations,
    log,
  })
  await startWork(services)
  const url = face.origin()
  await store.setAddress(url)
  return {
    url,
    loginLink: loginLink(url, await services.tokens.mint(workspace)),
    markReady: face.markReady,
    async stop() {
      sockets.close()
      const closing = listening.close(graceMs)
      await stopWork(services)
      await closing
      const running = await services.machines.listInStates(['ready', 'bootstrapping']).catch(() => null)
      await services.changes.close()
      await services.locks.close()
      await store.close()
      return running?.length ?? null
    },
  }
}

/** What the outside sees; its addresses are known once a port is. */
function createFace(options: ControlPlaneOptions, services: Services, instance: string, log: Logger) {
  const publicUrl = options.environment['AGENT_MACHINES_PUBLIC_URL']
  let allowList: AllowList = allowListOf(options.port, publicUrl, options.host)
  let port = options.port
  let ready = false
  const origin = () => (publicUrl ? new URL(publicUrl).origin : `http://${hostInUrl(options.host)}:${port}`)
  const routes = createRoutes({
    ...services,
    allowList: () => allowList,
    addressOf: (context: Context<{ Bindings: HttpBindings }>) =>
      context.env.incoming.socket.remoteAddress ?? '',
    instance,
    log,
    isReady: () => ready,
    origin,
    version: options.version,
    workspace,
  })
  const { accounts, revocations } = services
  const authorize = (request: Request, access: Access) => {
    const header = (name: string) => request.headers.get(name) ?? undefined
    const asked = accessRequestOf(request.method, 'http', header, instance, allowList)
    return authorizeRoute(accounts, asked, allowList, access)
  }
  const limitMs = streamLimitMs(options.environment)
  const app = createApp({
    routes,
    authorize,
    openStream(request, { access, answer }) {
      const stream = streamSignal(request, answer.stream === 'resumable' ? limitMs : null)
      const stop = revocations.watch(() => authorize(request, access), stream.abort)
      stream.signal.addEventListener('abort', stop)
      return stream
    },
    dashboard: createDashboard(options.dashboardDirectory),
    log,
  })
  return {
    app,
    origin,
    open(listeningPort: number) {
      port = listeningPort
      allowList = allowListOf(listeningPort, publicUrl, options.host)
    },
    markReady() {
      ready = true
    },
    authorizeSocket(request: IncomingMessage) {
      const header = (name: string) => singleHeader(request.headers[name])
      const asked = accessRequestOf('GET', 'websocket', header, instance, allowList)
      return authorizeRoute(accounts, asked, allowList, 'signed-in')
    },
  }
}

async function startWork({
  changes,
  housekeeping,
  fleetEvents,
  reconciler,
  runKeeper,
  stateWatch,
  agentWatch,
  setUpOutdated,
}: Services): Promise<void> {
  await changes.start()
  changes.subscribe((machineId) => {
    fleetEvents.announce(machineId)
    reconciler.kick(machineId)
  })
  housekeeping.start()
  reconciler.start()
  runKeeper.start()
  stateWatch.start()
  agentWatch.start()
  await setUpOutdated()
}

async function stopWork({
  housekeeping,
  reconciler,
  runKeeper,
  stateWatch,
  agentWatch,
  consoles,
}: Services): Promise<void> {
  housekeeping.stop()
  await Promise.all([reconciler.stop(), runKeeper.stop(), stateWatch.stop(), agentWatch.stop()])
  await consoles.close()
}

const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

const singleHeader = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value
