import type { Page } from 'playwright-core'

export interface SeenKey {
  readonly key: string
  /** From keydown to the frame in which the line with it was painted, by prediction or echo. */
  readonly ms: number
  /** Whether the emulator itself did not have it yet in that frame. */
  readonly isPredicted: boolean
}

interface Frame {
  readonly at: number
  readonly real: string
  readonly seen: string
}

interface Recorder {
  readonly keys: { readonly key: string; readonly at: number }[]
  readonly frames: Frame[]
}

/** Notes every key and, frame by frame, what a person sees, until `seenKeys` is asked. */
export async function recordKeys(page: Page): Promise<void> {
  await page.evaluate(() => {
    const recorder: Recorder = { keys: [], frames: [] }
    Object.assign(window, { recorder })
    addEventListener('keydown', ({ key }) => recorder.keys.push({ key, at: performance.now() }), true)
    const look = () => {
      const rows = [...document.querySelectorAll('.xterm-rows > div')].map((row) =>
        (row.textContent ?? '').replaceAll('\u00a0', ' '),
      )
      const real = rows.join('\n')
      const screen = document.querySelector('.xterm-screen')
      const height = (screen?.clientHeight ?? 0) / rows.length
      for (const cell of document.querySelectorAll<HTMLElement>('.am-prediction > span')) {
        if (cell.classList.contains('am-prediction-cursor')) continue
        const width = Number.parseFloat(cell.style.width)
        const y = Math.round(Number.parseFloat(cell.style.top) / height)
        const x = Math.round(Number.parseFloat(cell.style.left) / width)
        const row = (rows[y] ?? '').padEnd(x)
        rows[y] = `${row.slice(0, x)}${cell.textContent}${row.slice(x + 1)}`
      }
      recorder.frames.push({ at: performance.now(), real, seen: rows.join('\n') })
      requestAnimationFrame(look)
    }
    look()
  })
}

/** How each of the keys of `text`, the last that were typed, became visible behind `before`. */
export async function seenKeys(page: Page, before: string, text: string): Promise<SeenKey[]> {
  const { keys, frames } = await page.evaluate(() => (window as unknown as { recorder: Recorder }).recorder)
  const typed = keys.slice(-text.length)
  return typed.map(({ key, at }, index) => {
    const line = before + text.slice(0, index + 1)
    const frame = frames.find((each) => each.at >= at && each.seen.includes(line))
    if (frame === undefined) throw new Error(`${line} was never seen`)
    return { key, ms: frame.at - at, isPredicted: !frame.real.includes(line) }
  })
}

/** Whether `text` was painted anywhere in any frame since `recordKeys`. */
export function wasSeen(page: Page, text: string): Promise<boolean> {
  return page.evaluate(
    (wanted) =>
      (window as unknown as { recorder: Recorder }).recorder.frames.some(({ seen }) => seen.includes(wanted)),
    text,
  )
}
