import { AgentMachinesError } from '@agent-machines/core'
import type { Context } from 'hono'

/** Reads at most `limitBytes` of JSON; a declared or real excess is refused without reading it all. */
export async function readJson(context: Context, limitBytes: number): Promise<unknown> {
  const declared = declaredLength(context, limitBytes)
  const text =
    declared === undefined
      ? new TextDecoder().decode(await readStream(context, limitBytes))
      : await context.req.text()
  // The HTTP parser ends a body at its declared length; a request made in process can be longer.
  if (Buffer.byteLength(text) > limitBytes) throw tooLarge(limitBytes)
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AgentMachinesError('REQUEST_INVALID', 'The body is not JSON.', {
      cause,
      details: { errors: [{ path: '', message: 'not JSON' }] },
    })
  }
}

/** Reads at most `limitBytes` when called; a declared excess is refused at once. */
export function bodyReader(context: Context, limitBytes: number): () => Promise<Uint8Array> {
  declaredLength(context, limitBytes)
  return () => readStream(context, limitBytes)
}

function declaredLength(context: Context, limitBytes: number): number | undefined {
  const header = context.req.header('content-length')
  if (Number(header ?? '0') > limitBytes) throw tooLarge(limitBytes)
  return header === undefined ? undefined : Number(header)
}

/** JSON of a declared length is read without making a web stream of it, which is slower. */
async function readStream(context: Context, limitBytes: number): Promise<Uint8Array> {
  const { body } = context.req.raw
  const parts: Uint8Array[] = []
  let size = 0
  const reader = body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done || value === undefined) return Buffer.concat(parts)
    size += value.byteLength
    if (size > limitBytes) {
      await reader?.cancel()
      throw tooLarge(limitBytes)
    }
    parts.push(value)
  }
}

function tooLarge(limitBytes: number): AgentMachinesError {
  return new AgentMachinesError('BODY_TOO_LARGE', `The body is over ${limitBytes} bytes.`, {
    details: { limitBytes },
  })
}
