import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FarTerminal } from './testing/far-terminal.ts'
import { SimulatedShell } from './testing/simulated-shell.ts'

/** Typed one after the other at a speed at which several keys are on their way. */
const betweenKeysMs = 60
const settleMs = 1500

describe('predicted echo at a shell 150 ms away', () => {
  it('shows nothing before the program has echoed one key of the line, then every key at once', async () => {
    const far = await atPrompt()

    far.type('a')
    const first = far.row()
    await far.pass(200)
    far.type('b')
    far.type('c')

    expect([first, far.row()]).toEqual(['$', '$ abc'])
    await far.pass(settleMs)
    expect([far.row(), far.prediction]).toEqual(['$ abc', null])
  })

  const edits: [string, string[], string][] = [
    ['backspace', ['x', 'y', '\x7f', 'z'], '$ axz'],
    ['backspace over what was echoed', ['\x7f', 'b'], '$ b'],
    ['left and a letter between', ['x', '\x1b[D', 'y'], '$ ayx'],
    ['left and right', ['x', 'y', '\x1b[D', '\x1bOD', '\x1b[C', 'z'], '$ axzy'],
    ['wide characters', ['漢', '字', '\x7f', 'x'], '$ a漢x'],
    ['accents', ['é', 'ü'], '$ aéü'],
  ]
  for (const [what, keys, expected] of edits) {
    it(`predicts ${what}, exactly as it comes`, async () => {
      const far = await inTrustedLine()

      for (const key of keys) far.type(key)
      const predicted = far.row()
      await far.pass(settleMs)

      expect([predicted, far.row(), far.prediction]).toEqual([expected, expected, null])
    })
  }

  const unpredictable: [string, string][] = [
    ['Tab', '\t'],
    ['the start of the line', '\x7f\x7f'],
    ['Ctrl-U', '\x15'],
    ['an emoji', '🙂'],
    ['Escape', '\x1b'],
  ]
  for (const [what, key] of unpredictable) {
    it(`does not guess what comes of ${what}`, async () => {
      const far = await inTrustedLine()

      for (const data of key === '\x7f\x7f' ? ['\x7f', '\x7f', '\x7f'] : [key]) far.type(data)
      const before = far.row()
      far.type('x')

      expect(far.row()).toBe(before)
      await far.pass(settleMs)
      expect(far.prediction).toBeNull()
    })
  }

  it('shows nothing of a password', async () => {
    const far = await inTrustedLine('s')
    const seen = whatIsSeen(far)

    await typeSlowly(far, ['u', '\r', 'S', 'E', 'C', '\x7f', 'R', 'E', 'T', '\r', 'o', 'k'])
    await far.pass(settleMs)

    expect(seen.join('')).not.toMatch(/[SECRT]/)
    expect(far.row()).toBe('$ ok')
  })

  it('takes everything back when the program stops echoing in the middle of a line', async () => {
    const far = await inTrustedLine()
    far.shell.key = () => {}

    await typeSlowly(far, ['b', 'c'])
    await far.pass(400)

    expect([far.row(), far.prediction]).toEqual(['$ a', null])
  })

  it('takes everything back when something else is printed', async () => {
    const far = await inTrustedLine()
    far.type('b')
    far.interrupt('\r\nmessage\r\n')
    await far.pass(80)

    expect(far.prediction).toBeNull()
  })

  it('predicts nothing beside a full screen, a hidden cursor, or text behind the cursor', async () => {
    for (const command of ['v', 'h']) {
      const far = await inTrustedLine(command)
      await typeSlowly(far, ['\r'])
      await far.pass(settleMs)
      const seen = whatIsSeen(far)
      await typeSlowly(far, ['a', 'b', 'c'])
      expect(seen).toEqual([])
    }
  })

  it('leaves no wrong cell behind, whatever is typed', async () => {
    const key = fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom('a', 'b', 's', 'v', 'h', ' ', 'll', 'é', '漢') },
      { weight: 3, arbitrary: fc.constantFrom('\x7f', '\x1b[D', '\x1b[C') },
      { weight: 3, arbitrary: fc.constantFrom('\r', '\t', '\x15', '\x0c', '🙂', '\x1b[A') },
    )
    const typing = fc.array(fc.tuple(key, fc.integer({ min: 0, max: 260 })), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(typing, fc.array(fc.nat({ max: 4000 }), { maxLength: 2 }), async (keys, noise) => {
        const far = await atPrompt()
        for (const [data, pauseMs] of keys) {
          far.type(data)
          await far.pass(pauseMs)
          if (noise.some((at) => Math.abs(far.now - at) < 40)) far.interrupt('\r\x1b[Knoise\r\n$ ')
        }
        await far.pass(settleMs)

        expect(far.prediction).toBeNull()
      }),
      { numRuns: 150 },
    )
  })

  it('never shows a line that does not come, while keys whose effect is known are typed', async () => {
    const key = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'l', 'll', ' ', 'é', '漢') },
      { weight: 4, arbitrary: fc.constantFrom('\x7f', '\x1b[D', '\x1bOC') },
    )
    const typing = fc.array(fc.tuple(key, fc.integer({ min: 0, max: 260 })), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(typing, async (keys) => {
        const far = await inTrustedLine()
        const shadow = new SimulatedShell(() => {})
        shadow.key('a')
        const wrong: string[] = []
        for (const [data, pauseMs] of keys) {
          shadow.key(data)
          const expected = shadow.row
          far.seen = () => {
            const isComplete = far.prediction !== null && far.engine.isOpen
            if (isComplete && far.row() !== expected) wrong.push(`${far.row()} for ${expected}`)
          }
          far.type(data)
          await far.pass(pauseMs)
        }
        await far.pass(settleMs)

        expect(wrong).toEqual([])
        expect([far.row(), far.prediction]).toEqual([shadow.row, null])
      }),
      { numRuns: 150 },
    )
  })

  it('never shows a letter of a password, however fast it is typed', async () => {
    const secret = fc.array(
      fc.tuple(fc.constantFrom('S', 'E', 'C', '\x7f'), fc.integer({ min: 0, max: 300 })),
    )
    await fc.assert(
      fc.asyncProperty(secret, fc.integer({ min: 0, max: 300 }), async (letters, pauseMs) => {
        const far = await inTrustedLine('s')
        const seen = whatIsSeen(far)
        for (const [data, waitMs] of [['\r', pauseMs] as const, ...letters, ['\r', 0] as const]) {
          far.type(data)
          await far.pass(waitMs)
        }
        await far.pass(settleMs)

        expect(seen.join('')).not.toMatch(/[SEC]/)
      }),
      { numRuns: 60 },
    )
  })

  it('shows half of what is typed at a shell within a frame', async () => {
    const far = await atPrompt()
    const waits: number[] = []
    for (const word of [
      'echo hello there',
      'git status --short',
      'npm run test:unit',
      'make all the things',
    ]) {
      for (const letter of word) waits.push(await msUntilSeen(far, letter))
      far.type('\r')
      await far.pass(600)
    }

    waits.sort((a, b) => a - b)
    expect(waits[Math.floor(waits.length / 2)]).toBeLessThanOrEqual(16)
    expect(waits.at(-1)).toBeLessThanOrEqual(200)
  })
})

async function atPrompt(): Promise<FarTerminal> {
  const far = new FarTerminal()
  await far.pass(500)
  return far
}

/** The line `$ a` with the `a` echoed. */
async function inTrustedLine(first = 'a'): Promise<FarTerminal> {
  const far = await atPrompt()
  far.type(first)
  await far.pass(300)
  return far
}

async function typeSlowly(far: FarTerminal, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    far.type(key)
    await far.pass(betweenKeysMs)
  }
}

/** Every predicted cell from here on. */
function whatIsSeen(far: FarTerminal): string[] {
  const seen: string[] = []
  far.seen = () => seen.push(...(far.prediction?.cells ?? []).map(({ chars }) => chars))
  return seen
}

/** Types a letter at 8 keys a second and says how long it took to appear at the end of the line. */
async function msUntilSeen(far: FarTerminal, letter: string): Promise<number> {
  const before = far.prediction?.cursor.x ?? far.terminal.buffer.active.cursorX
  const typedAt = far.now
  let seenAt: number | null = null
  const isThere = () => (far.prediction?.cursor.x ?? far.terminal.buffer.active.cursorX) > before
  far.seen = () => {
    if (isThere()) seenAt ??= far.now
  }
  far.type(letter)
  await far.pass(125)
  while (seenAt === null) await far.pass(5)
  return seenAt - typedAt
}
