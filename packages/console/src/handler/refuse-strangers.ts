import { AgentMachinesError } from '@agent-machines/core'

/** Names by which only this computer reaches itself. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/**
 * Refuses what another site's page could send: a browser adds its origin, and a name that was rebound to this
 * address is not among `hosts`.
 */
export function refuseStrangers(request: Request, hosts: readonly string[]): void {
  const { host, hostname } = new URL(request.url)
  if (!hosts.includes(hostname)) {
    throw new AgentMachinesError('HOST_REFUSED', `${hostname} is not among the handler's \`hosts\`.`)
  }
  const origin = request.headers.get('origin')
  if (origin !== null && hostOf(origin) !== host) {
    throw new AgentMachinesError('ORIGIN_REFUSED', `A page of ${origin} may not use this console.`)
  }
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
