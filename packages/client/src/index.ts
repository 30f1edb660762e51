export type { CallOptions, ListOptions } from './api/call-options.ts'
export type { CatalogueApi, CredentialsApi } from './api/catalogue-api.ts'
export {
  type ConsoleAck,
  type ConsoleApi,
  type ConsolePollQuery,
  type ConsoleStreamQuery,
  consoleApiAt,
} from './api/console-api.ts'
export type { AgentAction, MachinesApi } from './api/machines-api.ts'
export type { RunsApi } from './api/runs-api.ts'
export type { ApiKeysApi, SessionApi } from './api/sessions-api.ts'
export { decodeBase64, encodeBase64 } from './bytes/base64.ts'
export { type Clock, systemClock } from './console/clock.ts'
export type { Connectivity, ConsoleConnectionOptions } from './console/connection-options.ts'
export { ConsoleConnection } from './console/console-connection.ts'
export type {
  ConsoleEvents,
  ConsoleSnapshot,
  ConsoleStarted,
  ConsoleState,
  ConsoleStats,
  RefusalKind,
  UndeliveredInput,
} from './console/console-events.ts'
export type { ConsoleSocket, CreateSocket } from './console/socket-link.ts'
export type { TransportKind } from './console/transport-choice.ts'
export { type Client, type ClientOptions, createClient } from './create-client.ts'
export type { Fetch } from './http/http.ts'
export { readEventStream } from './sse/read-event-stream.ts'
export { type SseMessage, SseParser } from './sse/sse-parser.ts'
export type { BootstrapStreamEvent } from './streams/bootstrap-stream.ts'
export type { ExecStreamEvent } from './streams/exec-stream.ts'
export type { FleetEvent } from './streams/fleet-stream.ts'
export type { Pause } from './streams/resume-events.ts'
