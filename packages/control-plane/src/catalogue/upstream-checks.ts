import {
  AgentMachinesError,
  type CheckCredential,
  protocolsServed,
  type UpstreamCheck,
  type UpstreamManifest,
} from '@agent-machines/core'
import type { Clock } from '../store/clock.ts'
import type { CredentialService } from '../store/secrets/credential-service.ts'
import { askUpstream } from './ask-upstream.ts'

export interface UpstreamChecksOptions {
  readonly credentials: Pick<CredentialService, 'list' | 'resolve'>
  readonly upstreams: readonly UpstreamManifest[]
  readonly workspace: string
  readonly clock: Clock
}

const listKeptMs = 10 * 60_000
const failureKeptMs = 15_000

/** Asks upstreams whether they take a key, and which models they have. */
export class UpstreamChecks {
  readonly #options: UpstreamChecksOptions
  readonly #recent = new Map<string, { readonly of: string; readonly check: UpstreamCheck }>()

  constructor(options: UpstreamChecksOptions) {
    this.#options = options
  }

  /** Asks now, with what is stored wherever `given` says nothing else. Stores nothing. */
  async check(name: string, given: CheckCredential = {}): Promise<UpstreamCheck> {
    const { credentials, upstreams, workspace, clock } = this.#options
    const upstream = upstreams.find(({ credential }) => credential === name)
    if (!upstream) {
      throw new AgentMachinesError('CREDENTIAL_UNKNOWN', `${name} is no key of an upstream.`, {
        details: { name },
      })
    }
    const statuses = await credentials.list(workspace)
    const stored = await credentials.resolve(workspace, name)
    const key = given.value ?? stored?.value ?? ''
    const known = statuses.find((status) => status.name === name)
    const baseUrl = (given.baseUrl ?? known?.baseUrl ?? upstream.baseUrl)?.replace(/(\/v1)?\/*$/, '')
    const checkedAt = clock().toISOString()
    if (!baseUrl)
      return { ...missing(`${upstream.label} has no address yet.`, 'Enter its address.'), checkedAt }
    if (key === '' && upstream.keyRequired) {
      return { ...missing(`There is no key for ${upstream.label} yet.`, 'Enter its key.'), checkedAt }
    }
    const answer = await askUpstream({
      label: upstream.label,
      baseUrl,
      protocols: given.protocols ?? protocolsServed(upstream, statuses),
      key,
      listProvesLittle: upstream.listIsOpen || upstream.baseUrl === null,
    })
    return { ...answer, checkedAt }
  }

  /** The models as they were listed in the last ten minutes; asks where that is not known. */
  async models(upstream: UpstreamManifest): Promise<UpstreamCheck> {
    const { credentials, workspace, clock } = this.#options
    const name = upstream.credential
    const status = (await credentials.list(workspace)).find((each) => each.name === name)
    const of = JSON.stringify(status)
    const recent = this.#recent.get(name)
    if (recent?.of === of && clock().getTime() - Date.parse(recent.check.checkedAt) < keptMs(recent.check)) {
      return recent.check
    }
    const check = await this.check(name)
    this.#recent.set(name, { of, check })
    return check
  }
}

function keptMs({ state }: UpstreamCheck): number {
  return state === 'ok' ? listKeptMs : failureKeptMs
}

function missing(message: string, fix: string): Omit<UpstreamCheck, 'checkedAt'> {
  return { state: 'failed', code: 'key-missing', message, fix, isTransient: false, models: null }
}
