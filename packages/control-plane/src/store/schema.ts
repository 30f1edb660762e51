import type {
  AgentState,
  Bootstrap,
  Capabilities,
  CreateMachine,
  Gateway,
  Isolation,
  MachineState,
  ModelFailure,
  Network,
  Protocol,
  RunEvent,
  RunOrigin,
  RunState,
  RunUsage,
  RunVia,
} from '@agent-machines/core'
import { sql } from 'drizzle-orm'
import {
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

/** What a machine shall become; its `state` says what it is. */
export type MachineTarget = 'ready' | 'asleep' | 'destroyed'

/** How many bytes of each bootstrap file were followed. */
export type BootstrapOffsets = Readonly<Record<string, number>>

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

export const machines = pgTable(
  'machines',
  {
    id: text('id').primaryKey(),
    workspace: text('workspace').notNull(),
    name: text('name').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
    runtime: text('runtime').notNull(),
    /** Null for a runtime that needs nothing, and for a machine made before versions were noted. */
    runtimeVersion: text('runtime_version'),
    substrate: text('substrate').notNull(),
    upstream: text('upstream'),
    protocol: text('protocol').$type<Protocol>(),
    model: text('model'),
    preset: text('preset'),
    spec: jsonb('spec').$type<NonNullable<CreateMachine['spec']>>().notNull().default({}),
    /** The machine's environment as JSON, sealed by the vault. */
    env: bytes('env'),
    workspaceSource: jsonb('workspace_source').$type<NonNullable<CreateMachine['workspace']>>(),
    state: text('state').$type<MachineState>().notNull(),
    stateReason: text('state_reason'),
    stateDetail: text('state_detail'),
    /** Digest of the address, key and protocol it was last set up with; null without a model source. */
    modelAccess: text('model_access'),
    /** How often it was asked to be set up otherwise. */
    setup: integer('setup').notNull().default(0),
    target: text('target').$type<MachineTarget>().notNull(),
    providerRef: text('provider_ref'),
    home: text('home').notNull(),
    isolation: text('isolation').$type<Isolation>().notNull(),
    network: text('network').$type<Network>().notNull(),
    capabilities: jsonb('capabilities').$type<Capabilities>().notNull(),
    bootstrap: jsonb('bootstrap').$type<Bootstrap>().notNull(),
    bootstrapOffsets: jsonb('bootstrap_offsets').$type<BootstrapOffsets>(),
    agent: jsonb('agent').$type<AgentState>(),
    /** Its agent is to be started anew once it is set up. */
    restartAgent: boolean('restart_agent').notNull().default(false),
    lastLine: text('last_line'),
    /** Whether a chat gateway was asked for; what it does is in `gatewayState`. */
    gateway: boolean('gateway').notNull().default(false),
    gatewayState: jsonb('gateway_state').$type<Gateway>(),
    generation: integer('generation').notNull().default(1),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
    lastActivityAt: moment('last_activity_at').notNull(),
    expiresAt: moment('expires_at'),
    destroyedAt: moment('destroyed_at'),
  },
  (table) => [
    uniqueIndex('machines_live_name').on(table.workspace, table.name).where(sql`destroyed_at is null`),
    index('machines_newest_first').on(table.workspace, table.createdAt.desc(), table.id.desc()),
    index('machines_state').on(table.state),
  ],
)

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    principal: text('principal').notNull(),
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    /** The id of the machine or the run that the request made. */
    madeId: text('made_id').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.principal, table.key] }),
    index('idempotency_keys_age').on(table.createdAt),
  ],
)

export const runs = pgTable(
  'runs',
  {
    id: text('id').primaryKey(),
    workspace: text('workspace').notNull(),
    machineId: text('machine_id').notNull(),
    task: text('task').notNull(),
    origin: text('origin').$type<RunOrigin>().notNull().default('run'),
    via: text('via').$type<RunVia>().notNull().default('one-shot'),
    model: text('model'),
    /** The conversation it was asked to go on with. */
    resumedSession: text('resumed_session'),
    /** The conversation it is in. */
    session: text('session'),
    permissions: text('permissions').$type<'configured' | 'all'>().notNull(),
    timeoutMs: integer('timeout_ms').notNull(),
    budgetUsd: doublePrecision('budget_usd'),
    state: text('state').$type<RunState>().notNull(),
    detail: text('detail'),
    exitCode: integer('exit_code'),
    cause: jsonb('cause').$type<ModelFailure>(),
    usage: jsonb('usage').$type<RunUsage>(),
    /** The agent's last message. */
    result: text('result'),
    /** How many events are stored. */
    lastSeq: integer('last_seq').notNull().default(0),
    cancelRequestedAt: moment('cancel_requested_at'),
    createdAt: moment('created_at').notNull(),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
  },
  (table) => [
    index('runs_newest_first').on(table.machineId, table.createdAt.desc(), table.id.desc()),
    index('runs_active').on(table.createdAt).where(sql`ended_at is null`),
    index('runs_of_session').on(table.machineId, sql`(coalesce(session, resumed_session))`),
  ],
)

export const runEvents = pgTable(
  'run_events',
  {
    runId: text('run_id').notNull(),
    seq: integer('seq').notNull(),
    event: text('event').$type<RunEvent['event']>().notNull(),
    data: jsonb('data').$type<RunEvent['data']>().notNull(),
    truncated: boolean('truncated').notNull().default(false),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
)

export const workspaceKeys = pgTable('workspace_keys', {
  workspace: text('workspace').primaryKey(),
  /** The workspace's data-encryption key, sealed by the key-encryption key. */
  wrapped: bytes('wrapped').notNull(),
  createdAt: moment('created_at').notNull(),
})

export const credentials = pgTable(
  'credentials',
  {
    workspace: text('workspace').notNull(),
    name: text('name').notNull(),
    sealed: bytes('sealed').notNull(),
    baseUrl: text('base_url'),
    protocols: jsonb('protocols').$type<Protocol[]>(),
    last4: text('last4'),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.name] })],
)

export const loginTokens = pgTable('login_tokens', {
  hash: bytes('hash').primaryKey(),
  workspace: text('workspace').notNull(),
  createdAt: moment('created_at').notNull(),
  expiresAt: moment('expires_at').notNull(),
})

export const sessions = pgTable('sessions', {
  id: text('id').primaryKey(),
  workspace: text('workspace').notNull(),
  cookieHash: bytes('cookie_hash').notNull().unique('sessions_cookie_hash'),
  proofHash: bytes('proof_hash').notNull(),
  createdAt: moment('created_at').notNull(),
  lastSeenAt: moment('last_seen_at').notNull(),
  expiresAt: moment('expires_at').notNull(),
})

export const apiKeys = pgTable('api_keys', {
  id: text('id').primaryKey(),
  workspace: text('workspace').notNull(),
  name: text('name').notNull(),
  hash: bytes('hash').notNull().unique('api_keys_hash'),
  prefix: text('prefix').notNull(),
  /** Written to a `local-api-key` file; listed nowhere and replaced when the file is lost. */
  local: boolean('local').notNull().default(false),
  createdAt: moment('created_at').notNull(),
  lastUsedAt: moment('last_used_at'),
})

export const loginAttempts = pgTable('login_attempts', {
  address: text('address').primaryKey(),
  windowStartedAt: moment('window_started_at').notNull(),
  attempts: integer('attempts').notNull(),
})

/** Facts about this installation, the same for every control plane on the database. */
export const installation = pgTable('installation', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})
