import {
  type CredentialStatus,
  describeUsers,
  type Protocol,
  type PutCredential,
  type UpstreamCheck,
} from '@agent-machines/core'
import type { CliContext } from '../context/cli-context.ts'
import type { CliIo } from '../context/cli-io.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { toTable } from '../output/table.ts'

export async function listCredentials({ client, io }: CliContext, options: OutputOptions): Promise<void> {
  const { items } = await client.credentials.list({ signal: io.signal })
  await printResult(io, options, items, () => toTable(['NAME', 'FOR', 'STATE', 'USED BY'], items.map(rowOf)))
}

/** The value comes from standard input or a hidden prompt, never from the command line. */
export async function setCredential(
  { client, io }: CliContext,
  name: string,
  options: OutputOptions & { baseUrl?: string; protocols?: Protocol[] },
): Promise<void> {
  const { baseUrl, protocols } = options
  const credential: PutCredential = {
    value: await readValue(io, name),
    ...(baseUrl ? { baseUrl } : {}),
    ...(protocols ? { protocols } : {}),
  }
  const status = await client.credentials.put(name, credential, { signal: io.signal })
  await printResult(io, options, status, () => `${status.name} ${stateOf(status)}`)
  const used = describeUsers(status.usedBy)
  if (used !== null) await printNote(io, used)
  if (status.kind === 'upstream') await printNote(io, wordsOf(await client.credentials.check(name)))
}

/** Fails when the upstream does not take the stored key. */
export async function checkCredential(
  { client, io }: CliContext,
  name: string,
  options: OutputOptions,
): Promise<number> {
  const check = await client.credentials.check(name, {}, { signal: io.signal })
  await printResult(io, options, check, () => wordsOf(check))
  return check.state === 'ok' ? 0 : 1
}

export async function removeCredential(
  { client, io }: CliContext,
  name: string,
  options: OutputOptions,
): Promise<void> {
  await client.credentials.delete(name, { signal: io.signal })
  await printResult(io, options, { name, configured: false }, () => `${name} removed`)
}

async function readValue(io: CliIo, name: string): Promise<string> {
  if (io.askSecret) return (await io.askSecret(`Value of ${name}`)).trim()
  const parts: Uint8Array[] = []
  for await (const part of io.stdin ?? []) parts.push(part)
  return Buffer.concat(parts).toString('utf8').trim()
}

function wordsOf({ message, fix }: UpstreamCheck): string {
  return fix === '' ? message : `${message} ${fix}`
}

function rowOf(credential: CredentialStatus): string[] {
  return [credential.name, credential.opens, stateOf(credential), credential.usedBy.join(', ') || '-']
}

function stateOf({ configured, source, last4, baseUrl }: CredentialStatus): string {
  const ending = last4 ? ` …${last4}` : ''
  const address = baseUrl ? ` at ${baseUrl}` : ''
  if (!configured) return `not set${address}`
  return `${source === 'environment' ? 'from environment' : 'stored'}${ending}${address}`
}
