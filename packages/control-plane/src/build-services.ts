import { randomBytes, randomUUID } from 'node:crypto'
import { upstreams } from '@agent-machines/core'
import { createProviders } from '@agent-machines/providers'
import { recipes } from '@agent-machines/runtimes'
import type { Logger } from 'pino'
import { AccountService } from './accounts/account-service.ts'
import { ApiKeyStore } from './accounts/api-key-store.ts'
import { LoginRateLimit } from './accounts/login-rate-limit.ts'
import { LoginTokens } from './accounts/login-tokens.ts'
import { RecentPrincipals } from './accounts/recent-principals.ts'
import { Revocations } from './accounts/revocations.ts'
import { SessionStore } from './accounts/session-store.ts'
import { Catalogue } from './catalogue/catalogue.ts'
import { CredentialAdministration } from './catalogue/credential-administration.ts'
import { credentialDefinitions, credentialsFromEnvironment } from './catalogue/credential-definitions.ts'
import { UpstreamChecks } from './catalogue/upstream-checks.ts'
import { ConsoleService } from './console/console-service.ts'
import { SessionKeeper } from './console/session-keeper.ts'
import { UploadService } from './console/upload-service.ts'
import { BootstrapService } from './deploy/bootstrap-service.ts'
import { BootstrapStream } from './deploy/bootstrap-stream.ts'
import { DeployService } from './deploy/deploy-service.ts'
import { GatewayKeeper } from './deploy/gateway-keeper.ts'
import { machineSteps } from './deploy/machine-steps.ts'
import { setUpOutdated as setUpOutdatedMachines } from './deploy/outdated-machines.ts'
import { ExecService } from './exec/exec-service.ts'
import { FleetEvents } from './fleet/fleet-events.ts'
import { FleetService } from './fleet/fleet-service.ts'
import { Housekeeping } from './fleet/housekeeping.ts'
import { MachineAccess, type Providers } from './fleet/machine-access.ts'
import { Reconciler } from './fleet/reconciler.ts'
import { StateWatch } from './fleet/state-watch.ts'
import { AgentWatch } from './observe/agent-watch.ts'
import type { OpenStore } from './open-store.ts'
import { type ControlPlaneOptions, installerEnvironment, streamLimitMs } from './options.ts'
import { RunChanges } from './runs/run-changes.ts'
import { RunFollower } from './runs/run-follower.ts'
import { RunKeeper } from './runs/run-keeper.ts'
import { RunService } from './runs/run-service.ts'
import { RunStream } from './runs/run-stream.ts'
import { MachineChanges } from './store/machine-changes.ts'
import { MachineLocks } from './store/machine-locks.ts'
import { MachineStore } from './store/machine-store.ts'
import { RunStore } from './store/run-store.ts'
import { CredentialService } from './store/secrets/credential-service.ts'
import { CredentialStore } from './store/secrets/credential-store.ts'

export const workspace = 'default'
const clock = () => new Date()
const newSecret = () => randomBytes(32).toString('base64url')
/** Safe in every shell, path and host name. */
const newRunId = () => `r${randomBytes(10).toString('hex')}`
const newMachineId = () => `m${randomBytes(10).toString('hex')}`

/** The whole graph of services, built and not yet started. */
export type Services = ReturnType<typeof buildServices>
/** Makes the substrates there are. */
export type CreateProviders = typeof createProviders

export function buildServices(
  options: ControlPlaneOptions,
  store: OpenStore,
  log: Logger,
  create: CreateProviders = createProviders,
) {
  const { database, vault } = store
  const machines = new MachineStore(database.db, clock)
  const providers = create(providerOptions(options, store, log))
  const { credentials, upstreamChecks, catalogue } = buildCatalogue(options, store, providers)
  const access = new MachineAccess(machines, providers)
  const fleetEvents = new FleetEvents(machines, log)
  const recent = new RecentPrincipals()
  const revocations = new Revocations()
  const runChanges = new RunChanges()
  const changes = new MachineChanges({
    createClient: database.createClient,
    onRevoked() {
      recent.forgetAll()
      revocations.check()
    },
    onRunChange: (runId) => runChanges.announce(runId),
    onConnectionLost: (error) => log.warn({ reason: String(error) }, 'change feed lost'),
  })
  const locks = new MachineLocks(database.createClient)
  const limitMs = streamLimitMs(options.environment)
  const consoles = new ConsoleService({ access, fleetEvents, streamLimitMs: limitMs, log })
  const bootstraps = new BootstrapService({ machines, access, catalogue, credentials, vault, log })
  const reconciler = buildReconciler({ machines, locks, access, vault, bootstraps, consoles, log })
  const kick = (machineId: string) => reconciler.kick(machineId)
  const setUpOutdated = () => setUpOutdatedMachines({ machines, bootstraps })
  const destroyed = (id: string, withinMs: number) =>
    fleetEvents.until(id, (row) => row === null || row.state === 'destroyed', withinMs)
  const needed = { access, catalogue, bootstraps, locks, log }
  const running = buildRuns({ ...needed, database, runChanges, upstreamChecks })
  const made = { newId: newMachineId, random: Math.random }
  return {
    ...buildAccounts(store, recent),
    ...running,
    administration: new CredentialAdministration({
      credentials,
      machines,
      upstreams,
      workspace,
      setUpOutdated,
    }),
    setUpOutdated,
    upstreamChecks,
    catalogue,
    changes,
    consoles,
    fleetEvents,
    locks,
    machines,
    reconciler,
    revocations,
    agentWatch: new AgentWatch({ machines, consoles, fleetEvents, catalogue, bootstraps, log }),
    bootstrapStream: new BootstrapStream({ access, events: fleetEvents, bootstraps }),
    deploys: new DeployService({ ...made, machines, vault, catalogue, providers, workspace, kick }),
    execs: new ExecService(access),
    fleet: new FleetService({ machines, workspace, access, catalogue, kick, destroyed }),
    housekeeping: new Housekeeping(machines, log),
    stateWatch: new StateWatch({ machines, access, locks, log }),
    uploads: new UploadService(access, () => randomBytes(4).toString('hex')),
  }
}

interface ReconcilerParts {
  readonly machines: MachineStore
  readonly locks: MachineLocks
  readonly access: MachineAccess
  readonly vault: OpenStore['vault']
  readonly bootstraps: BootstrapService
  readonly consoles: ConsoleService
  readonly log: Logger
}

function buildReconciler({ machines, locks, access, vault, bootstraps, consoles, log }: ReconcilerParts) {
  const steps = machineSteps({
    access,
    vault,
    bootstraps,
    sessions: new SessionKeeper({ access, log }),
    gateways: new GatewayKeeper({ access, log }),
    closeConsoles: (id, reason) => consoles.closeMachine(id, reason),
    log,
  })
  return new Reconciler({ machines, locks, steps, log })
}

interface RunParts {
  readonly database: OpenStore['database']
  readonly runChanges: RunChanges
  readonly access: MachineAccess
  readonly catalogue: Catalogue
  readonly upstreamChecks: UpstreamChecks
  readonly bootstraps: BootstrapService
  readonly locks: MachineLocks
  readonly log: Logger
}

function buildRuns(options: RunParts) {
  const { database, runChanges, access, catalogue, upstreamChecks, bootstraps, locks, log } = options
  const store = new RunStore(database.db, clock)
  const parts = { runs: store, access, catalogue, bootstraps }
  const checkUpstream = async (id: string | null) =>
    upstreamChecks.check(catalogue.upstream(id ?? '').credential)
  const follower = new RunFollower({ ...parts, checkUpstream })
  const runKeeper = new RunKeeper({ runs: store, locks, follower, log })
  return {
    runKeeper,
    runs: new RunService({ ...parts, keeper: runKeeper, newId: newRunId }),
    runStream: new RunStream(store, runChanges),
  }
}

function buildCatalogue(
  { environment, allowMount }: ControlPlaneOptions,
  { database, vault }: OpenStore,
  providers: Providers,
) {
  const definitions = credentialDefinitions(upstreams, providers)
  const credentials = new CredentialService({
    store: new CredentialStore(database.db, vault, clock),
    definitions,
    environment: credentialsFromEnvironment(definitions, environment),
  })
  return {
    credentials,
    upstreamChecks: new UpstreamChecks({ credentials, upstreams, workspace, clock }),
    catalogue: new Catalogue({
      runtimes: recipes,
      providers,
      upstreams,
      credentials: () => credentials.list(workspace),
      allowMount,
    }),
  }
}

function providerOptions(
  options: ControlPlaneOptions,
  store: OpenStore,
  log: Logger,
): Parameters<CreateProviders>[0] {
  return {
    local: {
      dataDirectory: store.paths.root,
      allowUnisolated: options.allowUnisolated,
      allowMount: options.allowMount,
      installerEnvironment: installerEnvironment(options.environment),
      log: (message, details) => log.debug(details ?? {}, message),
      now: Date.now,
      random: () => randomBytes(8).toString('hex'),
    },
  }
}

function buildAccounts({ database: { db } }: OpenStore, recent: RecentPrincipals) {
  const common = { db, clock, newSecret, newId: randomUUID, recent }
  const keys = new ApiKeyStore(common)
  const sessions = new SessionStore(common)
  const tokens = new LoginTokens(common)
  const rateLimit = new LoginRateLimit(db, clock)
  return { keys, sessions, tokens, accounts: new AccountService({ keys, sessions, tokens, rateLimit }) }
}
