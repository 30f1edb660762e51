/** A repository's address without the secret in it, and the line that lets git's credential store supply it. */
export interface GitAddress {
  readonly url: string
  /** Null when the address holds no credential. */
  readonly credential: string | null
}

/** Takes user and password out of an address, since an address stands in process lists and logs. */
export function splitGitAddress(git: string): GitAddress {
  const found = /^(https?:\/\/)([^/@]+)@([^/@]+)(\/.*)?$/.exec(git)
  if (!found) return { url: git, credential: null }
  const [, scheme = '', user = '', host = '', path = ''] = found
  const complete = user.includes(':') ? user : `${user}:`
  return { url: `${scheme}${host}${path}`, credential: `${scheme}${complete}@${host}\n` }
}
