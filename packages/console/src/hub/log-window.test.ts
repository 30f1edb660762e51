import { expect, it } from 'vitest'
import { toBytes, toText } from '../protocol/bytes.ts'
import { LogWindow, windowBytes } from './log-window.ts'

it('joins what came together and continues inside it', () => {
  const window = new LogWindow(0)
  window.append({ kind: 'output', bytes: toBytes('a'), end: 10 }, false)
  window.append({ kind: 'output', bytes: toBytes('b'), end: 20 }, true)
  window.append({ kind: 'resize', cols: 80, rows: 24, end: 30 }, false)

  expect(textAfter(window, 0)).toBe('ab')
  expect(textAfter(window, 10)).toBe('b')
  expect(window.readAfter(20)).toMatchObject({ kind: 'resize' })
  expect(window.readAfter(30)).toBeNull()
})

it('keeps at least 1 MiB of log and says when a place is gone', () => {
  const window = new LogWindow(0)
  const step = 4096
  for (let end = step; end <= 4 * windowBytes; end += step) {
    window.append({ kind: 'output', bytes: toBytes(String(end)), end }, false)
  }

  expect(window.canContinue(window.end - windowBytes)).toBe(true)
  expect(window.canContinue(window.end - 2 * windowBytes)).toBe(false)
  expect(window.canContinue(window.end + 1)).toBe(false)
  expect(textAfter(window, window.end - windowBytes)).toBe(String(window.end - windowBytes + step))
})

it('counts only what is readable: screens in between put nobody behind', () => {
  const window = new LogWindow(0)
  const step = 64 * 1024
  let end = 0
  for (let entry = 0; entry < 15; entry++) {
    end += step
    window.append({ kind: 'output', bytes: toBytes(String(entry)), end }, false)
    end += 4 * windowBytes
    window.advance(end)
  }

  expect(window.canContinue(0)).toBe(true)
  expect(textAfter(window, 0)).toBe('0')
  expect(textAfter(window, step)).toBe('1')
})

function textAfter(window: LogWindow, offset: number): string | null {
  const entry = window.readAfter(offset)
  return entry?.kind === 'output' ? toText(entry.bytes) : null
}
