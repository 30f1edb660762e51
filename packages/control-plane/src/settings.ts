import { AgentMachinesError } from '@agent-machines/core'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** What the environment says of where to listen and what to log; an empty variable says nothing. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly logLevel: string
}

/** Refuses a variable that cannot be meant with `REQUEST_INVALID`, which names it. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const port = environment['PORT'] || '3210'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw refused('PORT', port, 'a number from 0 to 65535')
  const logLevel = environment['AGENT_MACHINES_LOG_LEVEL'] || 'warn'
  if (!levels.includes(logLevel)) throw refused('AGENT_MACHINES_LOG_LEVEL', logLevel, levels.join(', '))
  const publicUrl = environment['AGENT_MACHINES_PUBLIC_URL'] || 'http://localhost'
  if (!isWebAddress(publicUrl))
    throw refused('AGENT_MACHINES_PUBLIC_URL', publicUrl, 'an address like https://machines.example.com')
  return { host: environment['HOST'] || '127.0.0.1', port: Number(port), logLevel }
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

function refused(name: string, value: string, takes: string): AgentMachinesError {
  return new AgentMachinesError('REQUEST_INVALID', `${name} is ${JSON.stringify(value)}; it takes ${takes}.`)
}
