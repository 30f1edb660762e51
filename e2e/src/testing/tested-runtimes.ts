const tested = (process.env['AM_TESTED_RUNTIMES'] ?? 'claude-code,codex').split(',')

/**
 * Whether the tests that drive every runtime drive this one. Each costs an installation, so those that are large and
 * slow to start are left to `npm run test:runtimes`, which names them in `AM_TESTED_RUNTIMES`.
 */
export function isTested(runtime: string): boolean {
  return tested.includes(runtime)
}

/** Those that are tested by default or asked for, each with the model it has to be told, if any. */
export const testedAgents = (
  [
    ['claude-code', {}],
    ['codex', { model: 'gpt-test' }],
    ['opencode', { model: 'gpt-test' }],
  ] as const
).filter(([runtime]) => isTested(runtime))
