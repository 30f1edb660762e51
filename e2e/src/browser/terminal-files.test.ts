import { beforeAll, describe, expect, it } from 'vitest'
import { violationsOf } from '../testing/accessibility.ts'
import { picture, runCommand, terminalLines, terminalShows } from '../testing/browser.ts'
import { dashboardOfFile, openTerminal } from '../testing/dashboard.ts'
import { deployMachine, outputOf } from '../testing/machines.ts'

const at = dashboardOfFile()
let id: string

beforeAll(async () => {
  ;({ id } = await deployMachine(at.plane, { name: 'files' }))
  await openTerminal(at.page, at.plane, id)
})

/** Hands `bytes` to the terminal as a file, as a drop or a paste does. */
function giveFile(kind: 'drop' | 'paste', name: string, type: string, bytes: readonly number[]) {
  return at.page.evaluate(
    (given) => {
      const transfer = new DataTransfer()
      const file = new File([Uint8Array.from(given.bytes)], given.name, { type: given.type })
      transfer.items.add(file)
      const target = document.querySelector(
        given.kind === 'drop' ? '.glass-screen' : '.xterm-helper-textarea',
      )
      const event =
        given.kind === 'drop'
          ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true })
      if (given.kind === 'drop') {
        const over = { dataTransfer: transfer, bubbles: true, cancelable: true }
        target?.dispatchEvent(new DragEvent('dragover', over))
      }
      target?.dispatchEvent(event)
    },
    { kind, name, type, bytes },
  )
}

describe('files for the machine', () => {
  it('are dropped: they lie on the machine and the path is pasted', async () => {
    const { page, plane } = at
    await giveFile('drop', 'some notes.txt', 'text/plain', [...Buffer.from('dropped\n')])

    await terminalShows(page, /uploads\/\S+\.txt $|uploads\/\S+\.txt$/m)
    const path = /\S*uploads\/\S+\.txt/.exec((await terminalLines(page)).join('\n'))?.[0] ?? ''
    expect(await outputOf(plane, id, `cat ${path}`)).toBe('dropped')
    await page.keyboard.press('Control+c')
  })

  it('are pasted: a picture arrives byte by byte', async () => {
    const { page, plane } = at
    const bytes = Array.from({ length: 5000 }, (_, index) => (index * 7) % 256)
    await giveFile('paste', 'image.png', 'image/png', bytes)

    await terminalShows(page, /image\S*\.png/)
    const path = /\S*uploads\/image\S*\.png/.exec((await terminalLines(page)).join('\n'))?.[0] ?? ''
    const { stdout } = await plane.client.machines.exec(id, { command: `base64 -w0 ${path}` })
    expect([...Buffer.from(stdout, 'base64')]).toEqual(bytes)
    await page.keyboard.press('Control+c')
  })

  it('are picked, several one after the other', async () => {
    const { page } = at
    const files = ['one.txt', 'two.txt'].map((name) => ({
      name,
      mimeType: 'text/plain',
      buffer: Buffer.from(name),
    }))
    await page.locator('input[type=file]').setInputFiles(files)

    await terminalShows(page, /one-\w+\.txt\s+\S*two-\w+\.txt/)
    await page.locator('.xterm-helper-textarea').focus()
    await page.keyboard.press('Control+c')
  })

  it('say what stopped them, are cancelled, and tried again', async () => {
    const { page } = at
    await page.route('**/uploads?*', (route) => route.abort())
    await giveFile('drop', 'stuck.txt', 'text/plain', [1])
    const failed = page.getByRole('alert').filter({ hasText: 'stuck.txt was not put on files.' })
    await failed.waitFor()
    expect(await violationsOf(page)).toEqual([])
    await page.unroute('**/uploads?*')
    await failed.getByRole('button', { name: 'Try again' }).click()
    await terminalShows(page, /stuck-\w+\.txt/)
    await failed.waitFor({ state: 'detached' })

    let release = () => {}
    await page.route('**/uploads?*', async (route) => {
      await new Promise<void>((resolve) => {
        release = resolve
      })
      await route.abort().catch(() => undefined)
    })
    await giveFile('drop', 'slow.txt', 'text/plain', [1])
    const slow = page.getByRole('status').filter({ hasText: 'Putting slow.txt on files' })
    await slow.getByRole('progressbar').waitFor()
    await picture(page, 'terminal-upload')
    await slow.getByRole('button', { name: 'Cancel' }).click()
    await slow.waitFor({ state: 'detached' })
    release()
    await page.unroute('**/uploads?*')
    expect((await terminalLines(page)).join('\n')).not.toMatch(/slow-\w+\.txt/)
  })
})

describe('compose', () => {
  it('sends several lines as one paste, then Enter', async () => {
    const { page } = at
    await page.locator('.xterm-helper-textarea').focus()
    await page.keyboard.press('Control+c')
    // The terminal drops what is typed before it has taken the interrupt.
    await terminalShows(page, /\^C\s*\n[^\n]*[#$]\s*$/)
    await runCommand(page, 'cat > pasted.txt')
    await page.keyboard.press('Control+Shift+E')
    const box = page.getByRole('textbox', { name: 'Message' })
    await box.fill('first line\nsecond line')
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'terminal-compose')
    await page.keyboard.press('Escape')
    await box.waitFor({ state: 'detached' })

    await page.keyboard.press('Control+Shift+E')
    expect(await box.inputValue()).toBe('first line\nsecond line')
    await page.keyboard.press('Control+Enter')
    await box.waitFor({ state: 'detached' })
    await terminalShows(page, 'second line')
    await page.keyboard.press('Control+d')
    await runCommand(page, 'wc -l pasted.txt')
    await terminalShows(page, '2 pasted.txt')
  })
})
