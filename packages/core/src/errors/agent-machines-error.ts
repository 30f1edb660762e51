import { type CatalogEntry, type ErrorCode, errorCatalog } from './error-catalog.ts'

const brand = Symbol.for('agent-machines.error')

export interface ErrorOptions {
  readonly cause?: unknown
  /** Facts for the caller (ids, expected numbers). Never a secret, never raw output of a substrate. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** The one error that crosses package boundaries; its code decides status, title, hint and retry. */
export class AgentMachinesError extends Error {
  readonly [brand] = true
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message?: string, options: ErrorOptions = {}) {
    super(message ?? errorCatalog[code].title, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'AgentMachinesError'
    this.code = code
    this.details = options.details ?? {}
  }

  get entry(): CatalogEntry {
    return errorCatalog[this.code]
  }
}

/** Works across bundles, unlike `instanceof`; with `code`, also tells whether it is that error. */
export function isAgentMachinesError(value: unknown, code?: ErrorCode): value is AgentMachinesError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false
  return code === undefined || (value as AgentMachinesError).code === code
}
