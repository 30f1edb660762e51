import type { SubstrateManifest } from '@agent-machines/core'

export const localManifest: SubstrateManifest = {
  id: 'local',
  label: 'This computer',
  summary: 'A sandbox of its own on the computer the control plane runs on.',
  docsPath: 'guides/local-machines',
  credentials: [],
  takesHostPath: true,
}
