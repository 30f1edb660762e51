import type { ErrorCode } from '@agent-machines/core'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { Principal } from '../accounts/principal.ts'
import type { StreamSignal } from './stream-signal.ts'

/** Who may call a route. `open` routes say nothing but their own state; `bearer` refuses browser sessions. */
export type Access = 'open' | 'signed-in' | 'bearer'

export interface RouteInput<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Null on open routes only. */
  readonly principal: Principal | null
  readonly context: Context
  /** How long a stream that answers this request may go on; to be called once, by stream routes only. */
  readonly openStream: () => StreamSignal
}

/**
 * One route: its address, who may call it, what it takes and answers.
 *
 * The router, the authorisation table and the OpenAPI document are all made from these.
 */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Hono notation, `/api/v1/machines/:id`. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  /** `bytes` for a raw body, which the handler reads when it wants it. */
  readonly body?: z.ZodType | 'bytes'
  /** Largest body in bytes; 1 MiB unless given. */
  readonly bodyLimit?: number
  /** Status and schema of the success answer; `stream` for server-sent events. */
  readonly answer: {
    readonly status: number
    readonly schema?: z.ZodType
    /**
     * `resumable` ones are ended at the host's limit, because a client can go on where it was; `limited` ones see
     * to that themselves and say so.
     */
    readonly stream?: 'resumable' | 'limited' | 'once'
  }
  readonly errors?: readonly ErrorCode[]
  readonly handle: (input: RouteInput<unknown, unknown, unknown>) => Promise<Response> | Response
}

type Infer<T extends z.ZodType | 'bytes' | undefined> = T extends z.ZodType
  ? z.infer<T>
  : T extends 'bytes'
    ? () => Promise<Uint8Array>
    : undefined

/** Gives the handler the types of the schemas beside it; the router only ever passes parsed values. */
export function route<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | 'bytes' | undefined = undefined,
>(
  definition: Omit<Route, 'params' | 'query' | 'body' | 'handle'> & {
    readonly params?: P
    readonly query?: Q
    readonly body?: B
    readonly handle: (input: RouteInput<Infer<P>, Infer<Q>, Infer<B>>) => Promise<Response> | Response
  },
): Route {
  return definition as unknown as Route
}
