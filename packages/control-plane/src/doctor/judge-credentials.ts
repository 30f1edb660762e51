import { type CredentialStatus, putCredentialSchema } from '@agent-machines/core'
import type { DoctorFacts } from './doctor-facts.ts'
import { type DoctorFinding, ok } from './doctor-finding.ts'

/** The keys of some vendors begin in a known way; another beginning is probably a mix-up. */
const keyBeginnings: Readonly<Record<string, string>> = {
  ANTHROPIC_API_KEY: 'sk-ant-',
  OPENAI_API_KEY: 'sk-',
  OPENROUTER_API_KEY: 'sk-or-',
  E2B_API_KEY: 'e2b_',
}

/** The form of every credential in the environment, and what the running control plane keeps. */
export function judgeCredentials({ credentials, kept }: DoctorFacts): DoctorFinding[] {
  const inEnvironment = credentials.map(judgeValue)
  const found = [...inEnvironment, ...judgeKept(kept)]
  return found.length === 0 ? [none(kept !== null)] : found
}

function judgeValue({ name, value }: DoctorFacts['credentials'][number]): DoctorFinding {
  const about = { id: `credential:${name}`, label: name }
  if (!putCredentialSchema.shape.value.safeParse(value).success) {
    const message = 'The value holds a space, a line break or another character that no key has.'
    return { ...about, state: 'fail', message, fix: `Set ${name} again, without quotes and spaces.` }
  }
  const beginning = keyBeginnings[name]
  if (beginning === undefined || value.startsWith(beginning)) return ok(about, 'Set in the environment.')
  const message = `Set in the environment, but it does not begin with ${beginning} as such keys do.`
  return { ...about, state: 'warn', message, fix: 'Check that it is not the key of another service.' }
}

function judgeKept(kept: DoctorFacts['kept']): DoctorFinding[] {
  if (kept === null) return []
  if (kept !== 'refused') return kept.filter(({ source }) => source === 'stored').map(judgeStored)
  const about = { id: 'api-key', label: 'API key' }
  const message = 'The running control plane does not accept the API key of this shell.'
  const fix = 'Unset AGENT_MACHINES_API_KEY, or set AGENT_MACHINES_DATA to its data directory.'
  return [{ ...about, state: 'warn', message, fix }]
}

/** Its form was checked when it was stored; what can still be odd is where it goes. */
function judgeStored({ name, last4, baseUrl, usedBy }: CredentialStatus): DoctorFinding {
  const about = { id: `credential:${name}`, label: name }
  const users = usedBy.length === 0 ? '' : `, used by ${usedBy.join(', ')}`
  const message = `Stored${last4 === null ? '' : `, ends in ${last4}`}${users}.`
  if (baseUrl === null || !isOpenRoad(baseUrl)) return ok(about, message)
  const fix = `Use https: \`am credentials set ${name} --base-url https://…\`.`
  return { ...about, state: 'warn', message: `${message} It is sent unencrypted to ${baseUrl}.`, fix }
}

/** Plain http to another computer. */
function isOpenRoad(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
}

function none(asked: boolean): DoctorFinding {
  const about = { id: 'credentials', label: 'Credentials' }
  const message = asked
    ? 'None is stored or set.'
    : 'None is set, and no control plane was asked for its own.'
  const fix = 'Agents need a model: `am credentials set ANTHROPIC_API_KEY`, or the settings page.'
  return { ...about, state: 'warn', message: `${message} Shells work without.`, fix }
}
