import {
  type CreateRunInput,
  type Page,
  pageOf,
  type Run,
  type RunOrigin,
  runSchema,
  type StoredRunEvent,
} from '@agent-machines/core'
import type { Http } from '../http/http.ts'
import type { Pause } from '../streams/resume-events.ts'
import { followRun } from '../streams/run-stream.ts'
import { type CallOptions, type ListOptions, listQueryOf } from './call-options.ts'

/** Tasks that the agent of a machine does without anybody at its console. */
export interface RunsApi {
  /** With the same key and body the answer is the same run; a key is made up when none is given. */
  create(
    machineId: string,
    run: CreateRunInput,
    options?: CallOptions & { idempotencyKey?: string },
  ): Promise<Run>
  /** Newest first; all of them, or those with this origin or in this conversation. */
  list(
    machineId: string,
    options?: ListOptions & { origin?: RunOrigin; session?: string },
  ): Promise<Page<Run>>
  get(machineId: string, runId: string, options?: CallOptions): Promise<Run>
  /** Resolves when it was asked for; the stream tells when the run is over. */
  cancel(machineId: string, runId: string, options?: CallOptions): Promise<Run>
  /** Everything it did, then live until `end`; resumes by itself when the connection breaks. */
  stream(
    machineId: string,
    runId: string,
    options?: CallOptions & { lastEventId?: string },
  ): AsyncIterable<StoredRunEvent>
}

export function createRunsApi(http: Http, createId: () => string, pause: Pause): RunsApi {
  const pathOf = (machineId: string, ...rest: string[]) =>
    ['/machines', encodeURIComponent(machineId), 'runs', ...rest.map(encodeURIComponent)].join('/')
  return {
    create: (machineId, run, options = {}) =>
      http.json('POST', pathOf(machineId), runSchema, {
        body: run,
        headers: { 'idempotency-key': options.idempotencyKey ?? createId() },
        signal: options.signal,
      }),
    list: (machineId, options = {}) =>
      http.json('GET', pathOf(machineId), pageOf(runSchema), {
        query: { ...listQueryOf(options), origin: options.origin, session: options.session },
        signal: options.signal,
      }),
    get: (machineId, runId, options) => http.json('GET', pathOf(machineId, runId), runSchema, options),
    cancel: (machineId, runId, options) =>
      http.json('POST', pathOf(machineId, runId, 'cancel'), runSchema, options),
    stream: (machineId, runId, options) =>
      followRun(http, pathOf(machineId, runId, 'stream'), pause, options),
  }
}
