/** Replaces every occurrence of the secrets, longest first, by a mark that says nothing about them. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= 8).sort((a, b) => b.length - a.length)
  return known.reduce((result, secret) => result.replaceAll(secret, '[secret]'), text)
}

/** User and password that stand in a URL, as written there and as read by a program. */
export function secretsInUrl(url: string): string[] {
  const [, userInfo] = /^[a-z+.-]+:\/\/([^/@]+)@/i.exec(url) ?? []
  if (userInfo === undefined) return []
  const parts = [userInfo, ...userInfo.split(':').slice(1)]
  return [...new Set([...parts, ...parts.flatMap(decoded)])]
}

/** The URL without the user and password that may stand in it. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z+.-]+:\/\/)[^/@]+@/i, '$1')
}

function decoded(part: string): string[] {
  try {
    return [decodeURIComponent(part)]
  } catch (_malformedEscape) {
    return []
  }
}
