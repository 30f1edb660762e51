/** Names under which this control plane may be addressed, and origins its pages are served from. */
export interface AllowList {
  readonly hosts: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
  readonly publicUrl: URL | undefined
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Loopback names and the address that is listened on, with the port, and the public URL; a browser leaves out the port
 * its scheme implies.
 */
export function allowListOf(port: number, publicUrl?: string, host = '127.0.0.1'): AllowList {
  const names = [...loopbackNames, host.includes(':') ? `[${host}]` : host]
  const own = names.map((name) => new URL(`http://${name}:${port}`))
  const outside = publicUrl === undefined || publicUrl === '' ? undefined : new URL(publicUrl)
  const urls = outside === undefined ? own : [...own, outside]
  return {
    hosts: new Set(urls.flatMap((url) => [url.host, `${url.hostname}:${url.port || defaultPortOf(url)}`])),
    origins: new Set(urls.map((url) => url.origin)),
    publicUrl: outside,
  }
}

function defaultPortOf(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80'
}

export interface SessionCookie {
  readonly name: string
  readonly secure: boolean
}

/**
 * The session cookie for a request with this `Host`: one name per installation, because a cookie goes to
 * every port of a host. Browsers take a `Secure` cookie over plain http from loopback only.
 */
export function sessionCookieOf(instance: string, host: string, allowList: AllowList): SessionCookie {
  const { publicUrl } = allowList
  const plainHttpOutside =
    publicUrl !== undefined &&
    publicUrl.protocol === 'http:' &&
    publicUrl.host === host.toLowerCase() &&
    !loopbackNames.includes(publicUrl.hostname)
  return plainHttpOutside
    ? { name: `am-${instance}`, secure: false }
    : { name: `__Host-am-${instance}`, secure: true }
}

/** `Set-Cookie`; an empty value with `maxAgeS` 0 removes it. */
export function formatSessionCookie(cookie: SessionCookie, value: string, maxAgeS: number): string {
  const secure = cookie.secure ? '; Secure' : ''
  return `${cookie.name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${secure}`
}

/** The cookie's value in a `Cookie` header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, ...value] = part.split('=')
    if (key?.trim() === name) return value.join('=').trim()
  }
  return undefined
}
