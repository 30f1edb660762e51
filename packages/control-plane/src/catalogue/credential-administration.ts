import {
  AgentMachinesError,
  type CredentialStatus,
  type PutCredential,
  type UpstreamManifest,
} from '@agent-machines/core'
import type { MachineStore } from '../store/machine-store.ts'
import type { CredentialService } from '../store/secrets/credential-service.ts'

export interface CredentialAdministrationOptions {
  readonly credentials: CredentialService
  readonly machines: Pick<MachineStore, 'namesByUpstream'>
  readonly upstreams: readonly UpstreamManifest[]
  readonly workspace: string
  /** Has the machines set up again that ask for models otherwise than is stored by now. */
  readonly setUpOutdated: () => Promise<void>
}

/** Credentials as people see and change them: with who uses them, and checked for what each needs. */
export class CredentialAdministration {
  readonly #options: CredentialAdministrationOptions

  constructor(options: CredentialAdministrationOptions) {
    this.#options = options
  }

  async list(): Promise<CredentialStatus[]> {
    const { credentials, machines, upstreams, workspace } = this.#options
    const byUpstream = await machines.namesByUpstream(workspace)
    const usedBy = new Map(upstreams.map(({ id, credential }) => [credential, byUpstream.get(id) ?? []]))
    return credentials.list(workspace, usedBy)
  }

  /** The machines that use it are set up with it; what runs on them already goes on with what it has. */
  async put(name: string, body: PutCredential): Promise<CredentialStatus> {
    const { credentials, upstreams, workspace, setUpOutdated } = this.#options
    checkCredential(
      body,
      upstreams.find((each) => each.credential === name),
    )
    await credentials.put(workspace, name, body)
    await setUpOutdated()
    const status = (await this.list()).find((each) => each.name === name)
    if (!status) throw new AgentMachinesError('CREDENTIAL_UNKNOWN', `No credential is called ${name}.`)
    return status
  }

  async remove(name: string): Promise<void> {
    await this.#options.credentials.remove(this.#options.workspace, name)
  }
}

/** Throws `REQUEST_INVALID` naming the field that the credential's upstream needs. */
export function checkCredential(body: PutCredential, upstream: UpstreamManifest | undefined): void {
  const namedByPerson = upstream?.baseUrl === null
  if (body.value === '' && (upstream?.keyRequired ?? true)) throw wrong('value', 'A key is needed.')
  if (namedByPerson && !body.baseUrl) throw wrong('baseUrl', 'The address of the endpoint is needed.')
  const takesProtocols = upstream?.protocols.length === 0
  if (takesProtocols && !body.protocols) throw wrong('protocols', 'Say which protocols the endpoint serves.')
  if (!takesProtocols && body.protocols) throw wrong('protocols', 'Only a custom endpoint takes protocols.')
}

function wrong(path: string, message: string): AgentMachinesError {
  return new AgentMachinesError('REQUEST_INVALID', message, { details: { errors: [{ path, message }] } })
}
