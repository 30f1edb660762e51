import {
  type CreateMachine,
  type ExecAnswer,
  type ExecRequest,
  execAnswerSchema,
  type Machine,
  machineSchema,
  type Page,
  type PatchMachine,
  pageOf,
  type ReloadMachine,
} from '@agent-machines/core'
import { z } from 'zod'
import type { Http, UploadOptions } from '../http/http.ts'
import { type BootstrapStreamEvent, followBootstrap } from '../streams/bootstrap-stream.ts'
import { type ExecStreamEvent, followExec } from '../streams/exec-stream.ts'
import type { Pause } from '../streams/resume-events.ts'
import { type CallOptions, type ListOptions, listQueryOf } from './call-options.ts'

const uploadedSchema = z.object({ path: z.string(), bytes: z.number().int() })

export type AgentAction = 'start' | 'stop' | 'restart'

export interface MachinesApi {
  /** Newest first; destroyed ones only when asked for. */
  list(options?: ListOptions & { include?: 'destroyed' | undefined }): Promise<Page<Machine>>
  /** Every page, one after the other. */
  listAll(options?: CallOptions & { include?: 'destroyed' | undefined }): Promise<Machine[]>
  get(id: string, options?: CallOptions): Promise<Machine>
  /** With the same key and body the answer is the same machine; a key is made up when none is given. */
  create(machine: CreateMachine, options?: CallOptions & { idempotencyKey?: string }): Promise<Machine>
  patch(id: string, change: PatchMachine, options?: CallOptions): Promise<Machine>
  /** `gone` false: destroying goes on; ask `get` until the state is `destroyed`. */
  destroy(id: string, options?: CallOptions): Promise<{ gone: boolean }>
  wake(id: string, options?: CallOptions): Promise<Machine>
  sleep(id: string, options?: CallOptions): Promise<Machine>
  /** Resumes at the phase that failed. */
  bootstrap(id: string, options?: CallOptions): Promise<Machine>
  /** An agent that runs starts anew, in its conversation. */
  reload(id: string, request?: ReloadMachine, options?: CallOptions): Promise<Machine>
  agent(id: string, action: AgentAction, options?: CallOptions): Promise<Machine>
  /** Output as text, or as base64 with `encoding`. */
  exec(id: string, request: ExecRequest, options?: CallOptions & { encoding?: 'base64' }): Promise<ExecAnswer>
  /** Stopping the iteration ends the process group on the machine. Never reconnects. */
  execStream(id: string, request: ExecRequest, options?: CallOptions): AsyncIterable<ExecStreamEvent>
  /**
   * Puts a file of up to 25 MiB on the machine, under a name like `name` that is not taken; `path` is where it is.
   * How far it is is told in browsers only.
   */
  upload(
    id: string,
    name: string,
    bytes: UploadOptions['bytes'],
    options?: CallOptions & Pick<UploadOptions, 'onProgress'>,
  ): Promise<{ path: string; bytes: number }>
  /** Every past phase, then live until `done`; resumes by itself when the connection breaks. */
  bootstrapStream(
    id: string,
    options?: CallOptions & { lastEventId?: string },
  ): AsyncIterable<BootstrapStreamEvent>
}

export function createMachinesApi(http: Http, createId: () => string, pause: Pause): MachinesApi {
  const act = (id: string, action: string, options?: CallOptions, body?: unknown) =>
    http.json('POST', `${pathOf(id)}/${action}`, machineSchema, { ...options, body })
  const list: MachinesApi['list'] = (options = {}) =>
    http.json('GET', '/machines', pageOf(machineSchema), {
      query: { ...listQueryOf(options), include: options.include },
      signal: options.signal,
    })
  return {
    list,
    listAll: (options) => collect(list, options),
    get: (id, options) => http.json('GET', pathOf(id), machineSchema, options),
    create: (machine, options = {}) =>
      http.json('POST', '/machines', machineSchema, {
        body: machine,
        headers: { 'idempotency-key': options.idempotencyKey ?? createId() },
        signal: options.signal,
      }),
    patch: (id, change, options) =>
      http.json('PATCH', pathOf(id), machineSchema, { ...options, body: change }),
    destroy: async (id, options) => {
      const response = await http.send('DELETE', pathOf(id), options)
      return { gone: response.status === 204 }
    },
    wake: (id, options) => act(id, 'wake', options),
    sleep: (id, options) => act(id, 'sleep', options),
    bootstrap: (id, options) => act(id, 'bootstrap', options),
    reload: (id, request, options) => act(id, 'reload', options, request ?? {}),
    agent: (id, action, options) => act(id, 'agent', options, { action }),
    exec: (id, request, options = {}) =>
      http.json('POST', `${pathOf(id)}/exec`, execAnswerSchema, {
        body: request,
        query: { encoding: options.encoding },
        signal: options.signal,
      }),
    execStream: (id, request, options) => followExec(http, `${pathOf(id)}/exec/stream`, request, options),
    upload: (id, name, bytes, options = {}) =>
      http.upload(`${pathOf(id)}/uploads`, uploadedSchema, { bytes, query: { name }, ...options }),
    bootstrapStream: (id, options) => followBootstrap(http, `${pathOf(id)}/bootstrap/stream`, pause, options),
  }
}

function pathOf(id: string): string {
  return `/machines/${encodeURIComponent(id)}`
}

async function collect(
  list: MachinesApi['list'],
  options: (CallOptions & { include?: 'destroyed' | undefined }) | undefined,
): Promise<Machine[]> {
  const machines: Machine[] = []
  let cursor: string | undefined
  do {
    const page = await list({ ...options, limit: 200, cursor })
    machines.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return machines
}
