import type { UpstreamManifest } from '../runtime/runtime-manifest.ts'

/** The model sources that can be chosen. */
export const upstreams: readonly UpstreamManifest[] = [
  {
    id: 'anthropic',
    label: 'Anthropic',
    summary: 'Claude models from Anthropic itself',
    protocols: ['anthropic-messages'],
    credential: 'ANTHROPIC_API_KEY',
    keyRequired: true,
    baseUrl: 'https://api.anthropic.com',
    models: [],
  },
  {
    id: 'openai',
    label: 'OpenAI',
    summary: 'GPT models from OpenAI itself',
    protocols: ['openai-responses', 'openai-chat'],
    credential: 'OPENAI_API_KEY',
    keyRequired: true,
    baseUrl: 'https://api.openai.com',
    models: [],
  },
  {
    id: 'custom',
    label: 'Custom endpoint',
    summary: 'Any server that speaks one of the protocols',
    protocols: [],
    credential: 'CUSTOM_API_KEY',
    keyRequired: false,
    baseUrl: null,
    models: [],
  },
]
