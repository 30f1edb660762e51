/** What the caller can do about an error: nothing, fix something first, or ask again later. */
export type RetryAdvice = 'never' | 'after-fix' | 'later'

export interface CatalogEntry {
  /** HTTP status of an answer with this code. */
  readonly status: number
  readonly retry: RetryAdvice
  readonly title: string
  /** What a person does next. */
  readonly hint: string
}

/**
 * Every error that leaves a package, by its permanent code.
 *
 * Codes are part of the outside contract: they are added, never renamed or removed
 * (`docs/reference/error-codes.txt` holds the list a test compares with).
 */
export const errorCatalog = {
  REQUEST_INVALID: {
    status: 400,
    retry: 'after-fix',
    title: 'The request is not valid.',
    hint: 'Correct the fields named in `errors` and send it again.',
  },
  SIGN_IN_REQUIRED: {
    status: 401,
    retry: 'after-fix',
    title: 'You are not signed in.',
    hint: 'Open the link that `am login` prints, or send `Authorization: Bearer` with an API key.',
  },
  LOGIN_TOKEN_REFUSED: {
    status: 401,
    retry: 'after-fix',
    title: 'This login link is used up or too old.',
    hint: 'Run `am login` for a fresh link.',
  },
  ORIGIN_REFUSED: {
    status: 403,
    retry: 'after-fix',
    title: 'The request came from another origin.',
    hint: 'Use the dashboard at its own address, or set AGENT_MACHINES_PUBLIC_URL to the origin you open it by.',
  },
  HOST_REFUSED: {
    status: 403,
    retry: 'after-fix',
    title: 'This host name is not allowed.',
    hint: 'Set AGENT_MACHINES_PUBLIC_URL to the address you open, then start `am up` again.',
  },
  ROUTE_UNKNOWN: {
    status: 404,
    retry: 'never',
    title: 'There is nothing at this address.',
    hint: 'The routes are listed at /api/v1/openapi.json.',
  },
  MACHINE_UNKNOWN: {
    status: 404,
    retry: 'never',
    title: 'No machine has this id.',
    hint: 'List machines with `am list`.',
  },
  RUN_UNKNOWN: {
    status: 404,
    retry: 'never',
    title: 'The machine has no run with this id.',
    hint: 'List its runs with `am runs <id>`.',
  },
  CREDENTIAL_UNKNOWN: {
    status: 404,
    retry: 'after-fix',
    title: 'No credential has this name.',
    hint: 'List the names with `am credentials list`.',
  },
  API_KEY_UNKNOWN: {
    status: 404,
    retry: 'never',
    title: 'No API key has this id.',
    hint: 'List the keys at GET /api/v1/api-keys.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retry: 'never',
    title: 'This address does not take that method.',
    hint: 'The routes are listed at /api/v1/openapi.json.',
  },
  MACHINE_ASLEEP: {
    status: 409,
    retry: 'after-fix',
    title: 'The machine is asleep.',
    hint: 'Wake it with `am wake <id>`, then try again.',
  },
  MACHINE_NOT_READY: {
    status: 409,
    retry: 'later',
    title: 'The machine is not ready.',
    hint: 'Wait until its state is `ready`; `am status <id>` shows it.',
  },
  SESSION_BUSY: {
    status: 409,
    retry: 'later',
    title: 'A run goes on in this conversation.',
    hint: 'Wait until it is over or cancel it, or begin another conversation.',
  },
  INPUT_GAP: {
    status: 409,
    retry: 'after-fix',
    title: 'Input that comes before this is missing.',
    hint: 'Send again from the sequence number in `expected`.',
  },
  CONSOLE_RESTARTED: {
    status: 409,
    retry: 'after-fix',
    title: 'The console was started anew.',
    hint: 'Open it again; what was not acknowledged was not typed.',
  },
  CONSOLE_EXITED: {
    status: 409,
    retry: 'after-fix',
    title: 'Nothing runs in this console.',
    hint: 'Start the agent again, or open a shell.',
  },
  CONSOLE_NOT_DRIVER: {
    status: 409,
    retry: 'after-fix',
    title: 'Somebody else is typing in this console.',
    hint: 'Take over first, then type.',
  },
  CREDENTIAL_FROM_ENVIRONMENT: {
    status: 409,
    retry: 'after-fix',
    title: 'This credential comes from the environment.',
    hint: 'Change it where it is set, then start `am up` again.',
  },
  MACHINE_DESTROYED: {
    status: 410,
    retry: 'never',
    title: 'The machine was destroyed.',
    hint: 'Deploy a new one.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    retry: 'after-fix',
    title: 'The request body is too large.',
    hint: 'Send at most 1 MiB; an upload takes 25 MiB.',
  },
  INPUT_TOO_LARGE: {
    status: 413,
    retry: 'after-fix',
    title: 'Too much input in one batch.',
    hint: 'Send at most 1,024 bytes as input; send more as a paste.',
  },
  RUNTIME_UNKNOWN: {
    status: 422,
    retry: 'after-fix',
    title: 'There is no such runtime.',
    hint: 'GET /api/v1/runtimes lists them.',
  },
  RUNTIME_VERSION_UNKNOWN: {
    status: 422,
    retry: 'after-fix',
    title: 'This version of the runtime cannot be installed.',
    hint: 'GET /api/v1/runtimes lists the versions; leave it out to keep the one the machine has.',
  },
  SUBSTRATE_UNKNOWN: {
    status: 422,
    retry: 'after-fix',
    title: 'There is no such substrate.',
    hint: 'GET /api/v1/substrates lists them.',
  },
  UPSTREAM_UNKNOWN: {
    status: 422,
    retry: 'after-fix',
    title: 'There is no such upstream.',
    hint: 'GET /api/v1/upstreams lists them.',
  },
  GATE_BLOCKED: {
    status: 422,
    retry: 'after-fix',
    title: 'This combination cannot run yet.',
    hint: 'Fix what `reasons` names, then deploy again.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    retry: 'never',
    title: 'This idempotency key was used with another request.',
    hint: 'Use a new key for a new request.',
  },
  WORKSPACE_NOT_ACCESSIBLE: {
    status: 422,
    retry: 'after-fix',
    title: 'The machine cannot use this folder.',
    hint: 'Run `am up` as the owner of the folder, with --allow-mount.',
  },
  CAPABILITY_UNSUPPORTED: {
    status: 422,
    retry: 'never',
    title: 'This machine cannot do that.',
    hint: 'The machine lists what it can do under `capabilities`.',
  },
  LOGIN_RATE_LIMITED: {
    status: 429,
    retry: 'later',
    title: 'Too many sign-in attempts.',
    hint: 'Wait a minute, then open the link again.',
  },
  INTERNAL: {
    status: 500,
    retry: 'later',
    title: 'Something failed inside Agent Machines.',
    hint: 'Try again; if it stays, report it with the request id.',
  },
  SUBSTRATE_AUTH: {
    status: 502,
    retry: 'after-fix',
    title: 'The substrate refused the credential.',
    hint: 'Check the credential of the substrate in the settings.',
  },
  SUBSTRATE_NOT_FOUND: {
    status: 410,
    retry: 'never',
    title: 'The machine is gone from its substrate.',
    hint: 'It was deleted outside Agent Machines; destroy it here and deploy a new one.',
  },
  SUBSTRATE_CONFLICT: {
    status: 409,
    retry: 'later',
    title: 'The substrate is busy with this machine.',
    hint: 'Try again in a moment.',
  },
  SUBSTRATE_RATE_LIMITED: {
    status: 503,
    retry: 'later',
    title: 'The substrate asks us to slow down.',
    hint: 'Try again in a minute.',
  },
  SUBSTRATE_QUOTA: {
    status: 507,
    retry: 'after-fix',
    title: 'The substrate has no room for this.',
    hint: 'Free space or quota there, or deploy elsewhere.',
  },
  SUBSTRATE_INVALID: {
    status: 422,
    retry: 'after-fix',
    title: 'The substrate refused the request as wrong.',
    hint: 'Check the size and options of the machine.',
  },
  SUBSTRATE_TRANSIENT: {
    status: 503,
    retry: 'later',
    title: 'The substrate did not answer as it should.',
    hint: 'This usually passes; try again.',
  },
  SUBSTRATE_FATAL: {
    status: 502,
    retry: 'never',
    title: 'The substrate failed.',
    hint: 'See the log of `am up` under the request id.',
  },
  ISOLATION_UNAVAILABLE: {
    status: 422,
    retry: 'after-fix',
    title: 'Machines on this computer would not be isolated.',
    hint: 'Run `am doctor`; or accept it with `am up --allow-unisolated`.',
  },
  EXEC_TIMEOUT: {
    status: 504,
    retry: 'later',
    title: 'The command did not end in time.',
    hint: 'Give it more time with `timeoutMs`.',
  },
  EXEC_ABORTED: {
    status: 499,
    retry: 'never',
    title: 'The command was stopped.',
    hint: 'Its process group was ended on the machine.',
  },
  RUNTIME_INSTALL_FAILED: {
    status: 502,
    retry: 'later',
    title: 'The runtime could not be installed.',
    hint: 'The last lines of the log say why; retry resumes at this phase.',
  },
  BOOTSTRAP_FAILED: {
    status: 502,
    retry: 'after-fix',
    title: 'Setting up the machine failed.',
    hint: 'Read the phase that failed, then retry from there.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    retry: 'later',
    title: 'The database does not answer.',
    hint: 'Look at the log of `am up`; with DATABASE_URL check that server.',
  },
  DATABASE_NEWER: {
    status: 500,
    retry: 'after-fix',
    title: 'The database was made by a newer version.',
    hint: 'Start the version that made it, or a newer one.',
  },
  DATA_DIRECTORY_LOCKED: {
    status: 500,
    retry: 'after-fix',
    title: 'Another control plane uses this data directory.',
    hint: 'Stop it, or choose another directory with --data.',
  },
  DATA_DIRECTORY_UNUSABLE: {
    status: 500,
    retry: 'after-fix',
    title: 'The data directory cannot be used.',
    hint: 'Choose another directory with --data.',
  },
  SECRET_KEY_UNUSABLE: {
    status: 500,
    retry: 'after-fix',
    title: 'The secret key cannot be used.',
    hint: 'Restore the key that this database was made with, mode 0600.',
  },
  PORT_TAKEN: {
    status: 500,
    retry: 'after-fix',
    title: 'The port is taken.',
    hint: 'Choose another with --port.',
  },
  HOST_NOT_LOOPBACK: {
    status: 500,
    retry: 'after-fix',
    title: 'Only loopback addresses can be served without password or single sign-on.',
    hint: 'Use --host 127.0.0.1 and a tunnel or a proxy in front.',
  },
  CONTROL_PLANE_UNREACHABLE: {
    status: 503,
    retry: 'after-fix',
    title: 'The control plane does not answer.',
    hint: 'Start it with `am up`, or set AGENT_MACHINES_URL.',
  },
} as const satisfies Record<string, CatalogEntry>

export type ErrorCode = keyof typeof errorCatalog
