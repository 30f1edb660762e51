/** Contents of the machine's own files below /etc. */
export function sandboxFiles(
  hostname: string,
  token: string,
): readonly { readonly path: string; readonly content: string }[] {
  return [
    {
      path: '/etc/passwd',
      content:
        'agent:x:0:0:agent:/home/agent:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
    },
    { path: '/etc/group', content: 'agent:x:0:\nnogroup:x:65534:\n' },
    {
      path: '/etc/hosts',
      content: `127.0.0.1 localhost ${hostname}\n::1 localhost ip6-localhost ip6-loopback\n`,
    },
    { path: '/etc/hostname', content: `${hostname}\n` },
    { path: '/etc/machine-id', content: `${token}\n` },
  ]
}

/** A host name from a machine id: letters, digits and hyphens, at most 63. */
export function hostnameOf(machineId: string): string {
  const name = machineId
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
  return name.replaceAll(/^-+|-+$/g, '') || 'machine'
}
