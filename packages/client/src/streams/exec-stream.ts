import { AgentMachinesError, type ExecRequest } from '@agent-machines/core'
import { z } from 'zod'
import type { CallOptions } from '../api/call-options.ts'
import { decodeBase64 } from '../bytes/base64.ts'
import type { Http } from '../http/http.ts'
import { dataOf, errorOf } from './message-data.ts'

export type ExecStreamEvent =
  | { readonly event: 'started' }
  | { readonly event: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  /** Exactly one, last. */
  | { readonly event: 'done'; readonly exitCode: number }

const outputSchema = z.object({ stream: z.enum(['stdout', 'stderr']), data: z.string() })
const doneSchema = z.object({ exitCode: z.number().int() })

/** A command's output as it comes; a stream that ends without `done` is an error. */
export async function* followExec(
  http: Http,
  path: string,
  request: ExecRequest,
  options: CallOptions = {},
): AsyncGenerator<ExecStreamEvent, void, undefined> {
  const messages = await http.events('POST', path, { body: request, signal: options.signal })
  for await (const message of messages) {
    switch (message.event) {
      case 'started':
        yield { event: 'started' }
        break
      case 'output': {
        const { stream, data } = dataOf(message, outputSchema)
        yield { event: 'output', stream, bytes: decodeBase64(data) }
        break
      }
      case 'done':
        yield { event: 'done', exitCode: dataOf(message, doneSchema).exitCode }
        return
      case 'error':
        throw errorOf(message)
    }
  }
  throw new AgentMachinesError(
    'CONTROL_PLANE_UNREACHABLE',
    'The connection ended before the command did; how it ended is not known.',
  )
}
