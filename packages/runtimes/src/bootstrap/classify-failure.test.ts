import { expect, it } from 'vitest'
import { classifyFailure } from './classify-failure.ts'

it.each([
  ['fatal: write error: No space left on device', 1, 'substrate', false],
  ['npm error code ENOSPC', 228, 'substrate', false],
  ["fatal: unable to access 'https://x/': Could not resolve host: x", 128, 'network', true],
  ['npm error code ECONNREFUSED', 1, 'network', true],
  ['npm error code EINTEGRITY', 1, 'network', false],
  ['ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.', 1, 'network', false],
  ['Connection refused\nERROR: No matching distribution found for tqdm==4.70.1', 1, 'network', true],
  ['ERROR: No matching distribution found for tqdm==4.70.1', 1, 'configuration', false],
  ['npm error code ETARGET', 1, 'configuration', false],
  ['npm error code E401', 1, 'configuration', false],
  ['npm error 503 Service Unavailable - code E503', 1, 'network', true],
  ["fatal: could not read Username for 'https://x': terminal prompts disabled", 128, 'configuration', false],
  ["fatal: repository 'https://x/y' not found", 128, 'configuration', false],
  ["fatal: repository '/nowhere' does not exist", 128, 'configuration', false],
  ["The repository has no branch, tag or commit 'x'.", 78, 'configuration', false],
  ['tmux is not installed on this machine.', 78, 'substrate', false],
  ['Python 3.12 or 3.11 is not installed where runtimes are installed', 69, 'substrate', false],
  ["The version is '0.1', not 0.2: the wrong version was installed.", 1, 'ours', false],
  ['sh: 3: Cannot fork: Resource temporarily unavailable', 2, 'substrate', true],
  ['mkdir: cannot create directory: Read-only file system', 1, 'substrate', false],
  ['The folder ~/work is not empty, so nothing is cloned into it.', 78, 'configuration', false],
  ['', 137, 'substrate', true],
  ['something odd', 3, 'ours', true],
] as const)('%j with exit code %i is %s, transient %s', (log, exitCode, category, transient) => {
  expect(classifyFailure({ exitCode, expired: false, log })).toMatchObject({ category, transient })
})

it('calls a phase that ran into its limit what it is', () => {
  const error = classifyFailure({ exitCode: 143, expired: true, log: 'Cloning...' })

  expect(error).toMatchObject({ transient: true, message: 'It did not finish within its time limit.' })
})

it('keeps the last twenty lines, progress bars reduced to their last state', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`)

  const { log } = classifyFailure({
    exitCode: 1,
    expired: false,
    log: `${lines.join('\n')}\n10%\r90%\r100%\n`,
  })

  expect(log).toHaveLength(20)
  expect(log.at(-1)).toBe('100%')
  expect(log.at(-2)).toBe('line 29')
})
