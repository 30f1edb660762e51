const base = {
  machineId: 'any',
  detail: null,
  exitCode: 0,
  session: '01a21a30-a7c5',
  model: 'claude-opus-5-5',
  permissions: 'all',
  timeoutMs: 3_600_000,
  budgetUsd: null,
  result: null,
  cancelRequested: false,
  startedAt: null,
  endedAt: null,
}
const usage = {
  inputTokens: 1830,
  cacheReadTokens: 40_200,
  cacheWriteTokens: 2100,
  outputTokens: 912,
  costUsd: 0.0812,
  costSource: 'runtime',
}
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString()
const run = (id, state, minutes, task, more = {}) => ({
  ...base,
  id,
  state,
  task,
  usage: null,
  createdAt: ago(minutes),
  ...more,
})

/** Sample runs in every shape. */
export const runs = [
  run('r4', 'running', 1, 'Bring the changelog up to date with what was merged since the last release'),
  run('r3', 'done', 12, 'Fix the failing test in the uploader and commit it', { usage }),
  run('r2', 'limit-reached', 90, 'Summarise the open issues', {
    detail: 'API Error: Request rejected (429) · You have reached your limit',
  }),
  run('r1', 'failed', 2000, 'ERROR', { detail: 'No conversation found with session ID: 1111' }),
]

const told = [
  ['session', { session: '01a21a30-a7c5', model: 'claude-opus-5-5' }],
  [
    'tool-call',
    { call: '1', name: 'Bash', input: { command: 'npm test -- uploader', description: 'Run it' } },
  ],
  ['tool-result', { call: '1', output: '1 failed, 41 passed\n', isError: true }],
  [
    'message',
    { text: 'The retry counts from one, the test from zero.\n\nI changed the loop and ran it again.' },
  ],
  ['usage', usage],
  ['end', { state: 'done', detail: null, exitCode: 0 }],
]

export const runEvents = told.map(([event, data], index) => ({
  event,
  id: String(index + 1),
  data: { ...data, at: ago(10) },
}))
