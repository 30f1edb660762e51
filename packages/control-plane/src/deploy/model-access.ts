import { AgentMachinesError, type UpstreamManifest } from '@agent-machines/core'
import type { ModelAccess } from '@agent-machines/runtimes'
import type { CredentialService } from '../store/secrets/credential-service.ts'

export interface ModelAccessRequest {
  readonly workspace: string
  readonly upstream: UpstreamManifest
  readonly protocol: ModelAccess['protocol']
}

/** Where a machine's models come from, with the key; the key never leaves towards a browser. */
export async function resolveModelAccess(
  credentials: Pick<CredentialService, 'resolve'>,
  { workspace, upstream, protocol }: ModelAccessRequest,
): Promise<ModelAccess> {
  const credential = await credentials.resolve(workspace, upstream.credential)
  const baseUrl = credential?.baseUrl ?? upstream.baseUrl
  if (baseUrl === null || (upstream.keyRequired && !credential)) {
    throw new AgentMachinesError('GATE_BLOCKED', `${upstream.label} is no longer set up.`, {
      details: { credential: upstream.credential },
    })
  }
  return { id: upstream.id, protocol, baseUrl: bareBaseUrl(baseUrl), key: credential?.value || null }
}

/** Without trailing slashes and without a last `/v1`, which runtimes add as their protocol wants it. */
export function bareBaseUrl(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '')
}
