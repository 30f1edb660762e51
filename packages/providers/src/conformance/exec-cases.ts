import { expect, it } from 'vitest'
import {
  bytesOf,
  expectCode,
  heartbeat,
  type MachineUnderTest,
  type ProviderFixture,
  sleepMarker,
  text,
} from './provider-fixture.ts'

const awkward = 'it\'s "quoted"\nline two \\ $HOME `id` ✓ 語'

/** One command, waited for. */
export function describeExec(fixture: () => ProviderFixture, machine: () => MachineUnderTest): void {
  it('keeps exit code, output and errors apart', async () => {
    const result = await machine().exec('echo out; echo err >&2; exit 3')

    expect(text(result.stdout)).toBe('out\n')
    expect(text(result.stderr)).toBe('err\n')
    expect(result).toMatchObject({ exitCode: 3, timedOut: false, truncated: false })
  })

  it('runs in the home with the environment of the machine', async () => {
    const said = await machine().say('pwd; echo "$HOME"; printf %s "$AM_TEST_SECRET"')

    const { home } = machine().provisioned
    expect(said).toBe(`${home}\n${home}\n${fixture().secrets[0]}`)
  })

  it('adds variables to one command only, whatever they hold', async () => {
    const value = await machine().say('printf %s "$EXTRA"', { env: { EXTRA: awkward } })
    const after = await machine().say('printf %s "$EXTRA"')

    expect(value).toBe(awkward)
    expect(after).toBe('')
  })

  it('shows variables in no process list', async () => {
    const { secrets } = fixture()
    const env = { ONE_TIME: 'sesame-in-argv' }
    const listed = await machine().say('cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "', { env })

    for (const secret of [...secrets, 'sesame-in-argv']) expect(listed).not.toContain(secret)
  })

  it('starts where it is told, also in a folder with an awkward name', async () => {
    await machine().say('mkdir -p "$NAME"', { env: { NAME: "work/o'dd ✓" } })

    expect(await machine().say('pwd', { cwd: "work/o'dd ✓" })).toMatch(/\/work\/o'dd ✓$/)
    expect(await machine().say('pwd', { cwd: '/usr' })).toBe('/usr')
  })

  it('answers a folder that is not there with an exit code', async () => {
    const { exitCode, stdout } = await machine().exec('echo ran', { cwd: '/no/such/folder' })

    expect(exitCode).not.toBe(0)
    expect(text(stdout)).toBe('')
  })

  it('returns 300 kB on both streams at once, byte for byte', async () => {
    const { stdout, stderr } = await machine().exec(
      'head -c 300000 /dev/zero | tr "\\0" a & head -c 300000 /dev/zero | tr "\\0" b >&2; wait',
    )

    expect(text(stdout)).toBe('a'.repeat(300_000))
    expect(text(stderr)).toBe('b'.repeat(300_000))
  })

  it('carries every byte through input and output as it is', async () => {
    const every = Uint8Array.from({ length: 65_536 }, (_, index) => (index * 7) ^ (index >> 8))

    const { stdout } = await machine().exec('cat', { stdin: every })

    expect(Buffer.from(stdout).equals(every)).toBe(true)
  })

  it('lets a command open its streams by name', async () => {
    const script = 'cat /dev/stdin; echo out >/dev/stdout; echo err >/dev/stderr; echo both | tee /dev/stderr'

    const { stdout, stderr } = await machine().exec(script, { stdin: bytesOf('in\n') })

    expect(text(stdout)).toBe('in\nout\nboth\n')
    expect(text(stderr)).toBe('err\nboth\n')
  })

  it('ends input, and minds no command that does not read it', async () => {
    expect(await machine().say('cat | wc -c', { stdin: new Uint8Array(0) })).toMatch(/^\s*0$/)
    expect(await machine().say('true', { stdin: new Uint8Array(2_000_000) })).toBe('')
    expect(await machine().say('cat')).toBe('')
  })

  it('keeps as much output as it is told and drops the rest', async () => {
    const result = await machine().exec('head -c 50000 /dev/zero; echo err >&2', { maxOutputBytes: 1_000 })

    expect(result.stdout.length).toBe(1_000)
    expect(text(result.stderr)).toBe('err\n')
    expect(result).toMatchObject({ truncated: true, exitCode: 0 })
  })

  it('runs a script of 300 kB', async () => {
    const padding = `: ${'✓x'.repeat(75_000)}\n`

    expect(await machine().say(`${padding}printf %s '${awkward.replaceAll("'", "'\\''")}'`)).toBe(awkward)
  })

  it('answers a command that died of a signal with 128 and its number', async () => {
    expect((await machine().exec('kill -9 $$')).exitCode).toBe(137)
  })

  it('runs a command once', async () => {
    await machine().exec('echo once >>ran-once; exit 1')

    expect(await machine().say('cat ran-once')).toBe('once')
  })

  it('runs many commands at once without mixing them up', async () => {
    const numbers = Array.from({ length: 8 }, (_, index) => `${index}`)

    const said = await Promise.all(numbers.map((number) => machine().say(`sleep 0.1; echo ${number}`)))

    expect(said).toEqual(numbers)
  })

  it('kills the whole process group when the time is up, and keeps what was said', async () => {
    const marker = sleepMarker()

    const result = await machine().exec(
      `echo before; sh -c 'sleep ${marker} & wait' & ${heartbeat('beat-timeout')}`,
      { timeoutMs: 600 },
    )

    expect(text(result.stdout)).toBe('before\n')
    expect(result).toMatchObject({ exitCode: 124, timedOut: true })
    expect(await machine().beats('beat-timeout')).toBe(false)
    await machine().waitUntilGone(marker)
  })

  it('kills the whole process group when it is aborted', async () => {
    const controller = new AbortController()
    const running = machine().exec(heartbeat('beat-abort'), { signal: controller.signal })
    const rejection = expectCode(running, 'EXEC_ABORTED', fixture().secrets)
    await machine().waitForBeat('beat-abort')

    controller.abort()

    await rejection
    expect(await machine().beats('beat-abort')).toBe(false)
  })

  it('starts nothing when it is aborted beforehand', async () => {
    const signal = AbortSignal.abort()

    await expectCode(machine().exec('touch never-made', { signal }), 'EXEC_ABORTED')

    expect(await machine().say('ls never-made 2>/dev/null || echo none')).toBe('none')
  })

  it('lets a background child that holds no output live on', async () => {
    const started = performance.now()
    await machine().say(
      'while :; do echo x >>beat-background; sleep 0.05; done >/dev/null 2>&1 </dev/null & echo $! >background-pid',
    )

    expect(performance.now() - started).toBeLessThan(2_000)
    await machine().waitForBeat('beat-background')
    expect(await machine().beats('beat-background')).toBe(true)
    await machine().say('kill "$(cat background-pid)"')
  })

  it('returns when the shell ends, though a child holds the output', async () => {
    const marker = sleepMarker()
    const started = performance.now()

    expect(await machine().say(`sleep ${marker} & echo said`)).toBe('said')

    expect(performance.now() - started).toBeLessThan(5_000)
    await machine().exec(`pkill -f "[s]leep ${marker}"`)
  })

  it('gives a command exactly the input it was sent', async () => {
    const { stdout } = await machine().exec('read first; echo "<$first>"; cat', {
      stdin: bytesOf('one\ntwo\nthree'),
    })

    expect(text(stdout)).toBe('<one>\ntwo\nthree')
  })
}
