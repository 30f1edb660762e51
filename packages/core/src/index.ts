export {
  type ApiKey,
  apiKeySchema,
  createApiKeySchema,
  createdApiKeySchema,
  createSessionSchema,
  type Me,
  meSchema,
  sessionAnswerSchema,
} from './api/accounts.ts'
export {
  type GateRequest,
  gateRequestSchema,
  type RuntimeEntry,
  runtimeEntrySchema,
  type SubstrateEntry,
  substrateEntrySchema,
  type UpstreamEntry,
  upstreamEntrySchema,
} from './api/catalogue.ts'
export {
  type ConsoleColours,
  type ConsoleEvent,
  type ConsoleInput,
  type ConsoleOpened,
  type ConsolePaste,
  type ConsoleResize,
  type ConsoleRest,
  type ConsoleTier,
  clientNameSchema,
  consoleSchema,
  type Driver,
  driverSchema,
  type EndReason,
  historyLines,
  inputLimitBytes,
  inputSchema,
  type OpenConsole,
  openConsoleSchema,
  parseSocketMessage,
  pasteLimitBytes,
  pasteSchema,
  pollQuerySchema,
  resizeSchema,
  type SnapshotReason,
  type SocketMessage,
  sessionNameSchema,
  streamQuerySchema,
  type TakeOver,
  takeOverSchema,
  uploadLimitBytes,
} from './api/console.ts'
export {
  type CheckCredential,
  type CredentialStatus,
  checkCredentialSchema,
  credentialStatusSchema,
  describeUsers,
  type PutCredential,
  putCredentialSchema,
} from './api/credentials.ts'
export { type ExecAnswer, type ExecRequest, execAnswerSchema, execRequestSchema } from './api/exec.ts'
export {
  agentActionSchema,
  type CreateMachine,
  createMachineSchema,
  labelsSchema,
  latestVersion,
  listQuerySchema,
  type Machine,
  machineNameSchema,
  machineSchema,
  machineSpecSchema,
  type Page,
  type PageQuery,
  type PatchMachine,
  pageOf,
  pageQuerySchema,
  patchMachineSchema,
  type ReloadMachine,
  reloadMachineSchema,
  workspaceSchema,
} from './api/machines.ts'
export { type ModelFailure, modelFailureSchema } from './api/model-failure.ts'
export { parseOrRefuse } from './api/parse-or-refuse.ts'
export { describeRunEnd, describeRunEvent, describeRunUsage } from './api/run-words.ts'
export {
  type Chat,
  type CreateRun,
  type CreateRunInput,
  chatSchema,
  createRunSchema,
  isRunOver,
  latestSession,
  type Run,
  type RunEvent,
  type RunEventName,
  type RunListQuery,
  type RunOrigin,
  type RunOutcome,
  type RunState,
  type RunUsage,
  type RunVia,
  runEventDataSchemas,
  runEventStampSchema,
  runListQuerySchema,
  runSchema,
  runTextLimit,
  type StoredRunEvent,
} from './api/runs.ts'
export { type UpstreamCheck, upstreamCheckSchema } from './api/upstream-check.ts'
export {
  type Bootstrap,
  type BootstrapPhase,
  type BootstrapPlan,
  bootstrapPhaseSchema,
  bootstrapSchema,
  type PlannedFile,
  type PlannedPhase,
  phaseErrorSchema,
  phaseStates,
} from './bootstrap/bootstrap-plan.ts'
export { type BootstrapStateEvent, bootstrapStateEventSchema } from './bootstrap/state-event.ts'
export { AgentMachinesError, type ErrorOptions, isAgentMachinesError } from './errors/agent-machines-error.ts'
export { type CatalogEntry, type ErrorCode, errorCatalog, type RetryAdvice } from './errors/error-catalog.ts'
export { fromProblem, type Problem, problemSchema, toProblem } from './errors/problem.ts'
export type { Attachment, Exec, ExecCommand, ExecEvent, ExecResult } from './exec/exec.ts'
export { type StreamByExecHost, streamByExec } from './exec/stream-by-exec.ts'
export {
  decideGate,
  type GateInput,
  type GateReason,
  type GateVerdict,
  gateReasonSchema,
  gateVerdictSchema,
  protocolsServed,
} from './gate/decide-gate.ts'
export { upstreams } from './gate/upstreams.ts'
export type { AgentSignals } from './machine/agent-signals.ts'
export {
  credentialHint,
  credentialPattern,
  gitRefPattern,
  gitUrlPattern,
  machineNameHint,
  machineNamePattern,
} from './machine/field-rules.ts'
export {
  type AgentState,
  agentStateSchema,
  agentStates,
  type Capabilities,
  capabilitiesSchema,
  type Gateway,
  gatewaySchema,
  type Isolation,
  isolationSchema,
  type MachineState,
  machineStateSchema,
  machineStates,
  type Network,
  networkSchema,
} from './machine/machine-state.ts'
export type {
  CredentialField,
  MachineProvider,
  MachineRef,
  MachineSpec,
  ProviderState,
  ProvisionedMachine,
  ProvisionRequest,
  RuntimeInstall,
  SharedRuntimes,
  SubstrateManifest,
  SubstrateProbe,
  SubstrateProblem,
} from './provider/machine-provider.ts'
export {
  type Protocol,
  protocolLabels,
  protocolSchema,
  protocols,
  type RuntimeManifest,
  type UpstreamManifest,
} from './runtime/runtime-manifest.ts'
export { quote, quoteAll } from './shell/quote.ts'
