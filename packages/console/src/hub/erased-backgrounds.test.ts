import { expect, it } from 'vitest'
import type { Emulator, EmulatorCell } from './emulator.ts'
import { withErasedBackgrounds } from './erased-backgrounds.ts'
import { LogWindow } from './log-window.ts'

const cell = (text: string, background = ''): EmulatorCell => ({ text, background })
const cells = (text: string, rest: EmulatorCell[]) => [...[...text].map((one) => cell(one)), ...rest]
const erased = (count: number, background: string) =>
  Array.from({ length: count }, () => cell('', background))

it.each([
  ['to the margin', cells('ab', erased(3, '44')), 'ab', '\x1b[0;44m\x1b[3X'],
  ['in an empty row', erased(5, '48;5;9'), '', '\x1b[0;48;5;9m\x1b[5X'],
  [
    'in several runs',
    cells('a', [...erased(1, ''), ...erased(2, '41'), ...erased(1, '')]),
    'a',
    '\x1b[1C\x1b[0;41m\x1b[2X\x1b[2C',
  ],
  ['nowhere', cells('ab', erased(3, '')), 'ab', ''],
  ['not where tmux has another text', cells('ab', erased(3, '44')), 'abc', ''],
  ['not where more is written than tmux has', cells('ab', [cell('c'), ...erased(2, '44')]), 'ab', ''],
  ['not where blanks were written', cells('ab', [cell(' ', '44'), ...erased(2, '44')]), 'ab', ''],
])('paints erased cells %s', async (_, row, text, painted) => {
  const create = (): Emulator => ({
    write: async () => undefined,
    resize: () => undefined,
    cells: () => row,
    dispose: () => undefined,
  })
  const at = { end: 0, cols: 5, rows: 1 }

  const bytes = await withErasedBackgrounds(create, new LogWindow(0), at, (behind) =>
    behind('shown', 0, text),
  )

  expect(bytes).toBe(painted)
})

it('plays what stands before the screen in the log, and nothing after it', async () => {
  const window = new LogWindow(0)
  window.append({ kind: 'output', bytes: Uint8Array.of(1), end: 10 }, false)
  window.append({ kind: 'resize', cols: 90, rows: 20, end: 20 }, false)
  window.append({ kind: 'output', bytes: Uint8Array.of(2), end: 30 }, false)
  window.append({ kind: 'output', bytes: Uint8Array.of(3), end: 50 }, false)
  const played: unknown[] = []
  const create = (cols: number, rows: number): Emulator => ({
    write: async (bytes) => void played.push(bytes[0]),
    resize: (...size) => void played.push(size),
    cells: () => [],
    dispose: () => void played.push(`${cols}x${rows} is gone`),
  })

  await withErasedBackgrounds(create, window, { end: 40, cols: 80, rows: 24 }, () => played.push('composed'))

  expect(played).toEqual([1, [90, 20], 2, 'composed', '80x24 is gone'])
})
