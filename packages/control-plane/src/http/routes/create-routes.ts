import type { Logger } from 'pino'
import type { Catalogue } from '../../catalogue/catalogue.ts'
import type { CredentialAdministration } from '../../catalogue/credential-administration.ts'
import type { UpstreamChecks } from '../../catalogue/upstream-checks.ts'
import type { ConsoleService } from '../../console/console-service.ts'
import type { UploadService } from '../../console/upload-service.ts'
import type { BootstrapStream } from '../../deploy/bootstrap-stream.ts'
import type { ExecService } from '../../exec/exec-service.ts'
import type { Route } from '../route.ts'
import { type AccountRouteServices, accountRoutes } from './account-routes.ts'
import { bootstrapRoutes } from './bootstrap-routes.ts'
import { catalogueRoutes } from './catalogue-routes.ts'
import { consoleRoutes } from './console-routes.ts'
import { credentialRoutes } from './credential-routes.ts'
import { execRoutes } from './exec-routes.ts'
import { type MachineRouteServices, machineRoutes } from './machine-routes.ts'
import { type RunRouteServices, runRoutes } from './run-routes.ts'
import { type SystemRouteServices, systemRoutes } from './system-routes.ts'
import { uploadRoutes } from './upload-routes.ts'

export interface RouteServices
  extends AccountRouteServices,
    MachineRouteServices,
    RunRouteServices,
    SystemRouteServices {
  readonly administration: CredentialAdministration
  readonly upstreamChecks: UpstreamChecks
  readonly bootstrapStream: BootstrapStream
  readonly catalogue: Catalogue
  readonly consoles: ConsoleService
  readonly execs: ExecService
  readonly log: Logger
  readonly uploads: UploadService
}

/** Every route there is; the WebSocket of the console stands beside them, with the same rules. */
export function createRoutes(services: RouteServices): Route[] {
  const routes = [
    ...accountRoutes(services),
    ...catalogueRoutes(services.catalogue, services.upstreamChecks),
    ...credentialRoutes(services.administration, services.upstreamChecks),
    ...machineRoutes(services),
    ...bootstrapRoutes(services.bootstrapStream, services.log),
    ...runRoutes(services),
    ...execRoutes(services.execs, services.log),
    ...consoleRoutes(services.consoles, services.log),
    ...uploadRoutes(services.uploads),
  ]
  return [...systemRoutes(services, routes), ...routes]
}
