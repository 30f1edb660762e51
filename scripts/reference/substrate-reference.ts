import { capabilitiesSchema, isolationSchema } from '@agent-machines/core'
import { createProviders } from '@agent-machines/providers'
import { code, generatedNote, table } from './markdown.ts'

export function substrateReference(): string {
  const manifests = [...createProviders(noInstallation).values()].map(({ manifest }) => manifest)
  const rows = manifests.map(({ id, label, summary, credentials, takesHostPath, docsPath }) => [
    code(id),
    `[${label}](../${docsPath}.md)`,
    summary,
    credentials.map(({ name }) => code(name)).join(', ') || 'none',
    takesHostPath ? 'yes' : 'no',
  ])
  const { limits, ...flags } = capabilitiesSchema.shape
  const names = [...Object.keys(flags), ...Object.keys(limits.shape).map((name) => `limits.${name}`)]
  return `${generatedNote}
# Substrates

${table(['id', 'substrate', 'where machines run', 'credentials', 'works on a folder of this computer'], rows)}

What a substrate can do depends on the computer or account behind it, so it is probed: ${code('GET /api/v1/substrates')}
and every machine carry ${names.map(code).join(', ')}. A capability that is false is refused with
[CAPABILITY_UNSUPPORTED](errors.md#capability_unsupported). Isolation is one of
${isolationSchema.options.map(code).join(', ')}.
`
}

/** Manifests are asked for only, so nothing of an installation is needed. */
const noInstallation = {
  local: {
    dataDirectory: '/nonexistent',
    allowUnisolated: false,
    allowMount: false,
    installerEnvironment: {},
    log: () => {},
    now: Date.now,
    random: () => '',
  },
}
