import { Terminal } from '@xterm/headless'
import type { Terminal as BrowserTerminal } from '@xterm/xterm'
import { describe, expect, it } from 'vitest'
import { ConsoleAddon, type ConsoleSource } from './console-addon.ts'

const queries = {
  DA1: '\x1b[c',
  'DA1 with zero': '\x1b[0c',
  DA2: '\x1b[>c',
  DA3: '\x1b[=c',
  'device status': '\x1b[5n',
  'cursor position': '\x1b[6n',
  'private cursor position': '\x1b[?6n',
  'colour scheme': '\x1b[?996n',
  'ANSI mode': '\x1b[4$p',
  'private mode': '\x1b[?2026$p',
  XTVERSION: '\x1b[>0q',
  'keyboard flags': '\x1b[?u',
  'modify keys': '\x1b[?4m',
  'text area size': '\x1b[18t',
  'cell size': '\x1b[16t',
  'window title': '\x1b[21t',
  'palette colour': '\x1b]4;1;?\x07',
  foreground: '\x1b]10;?\x07',
  background: '\x1b]11;?\x1b\\',
  'cursor colour': '\x1b]12;?\x07',
  'three colours at once': '\x1b]10;?;?;?\x07',
  clipboard: '\x1b]52;c;?\x07',
  'status string': '\x1bP$qm\x1b\\',
  terminfo: '\x1bP+q544e\x1b\\',
  'terminal parameters': '\x1b[x',
  identify: '\x1bZ',
}

describe('the console addon', () => {
  for (const [name, query] of Object.entries(queries)) {
    it(`leaves the query for ${name} unanswered`, async () => {
      const world = aTerminal()

      await world.show(`${query}after`)

      expect(world.typed).toEqual([])
      expect(world.line(0)).toBe('after')
    })
  }

  it('answers queries where it is not loaded, so the table above proves something', async () => {
    const terminal = new Terminal({ allowProposedApi: true })
    const answers: string[] = []
    terminal.onData((data) => answers.push(data))

    await new Promise<void>((resolve) => terminal.write('\x1b[c\x1b[6n\x1b[?2026$p', resolve))

    expect(answers.length).toBe(3)
  })

  it('still lets a program set colours and move its window title', async () => {
    const world = aTerminal()
    const titles: string[] = []
    world.terminal.onTitleChange((title) => titles.push(title))

    await world.show('\x1b]4;1;#ff0000\x07\x1b]0;hello\x07\x1b[31mred')

    expect(titles).toEqual(['hello'])
    expect(world.line(0)).toBe('red')
  })

  it('puts a snapshot exactly between what came before and what comes after', async () => {
    const world = aTerminal()

    world.emit('output', bytesOf('old '.repeat(2000)))
    world.emit('snapshot', { bytes: bytesOf('x'.repeat(50)), cols: 40, rows: 10 })
    world.emit('output', bytesOf('\r\nafter'))
    world.emit('resize', { cols: 30, rows: 10 })
    world.emit('output', bytesOf('\r\nlast'))
    await world.drained()

    expect([world.terminal.cols, world.terminal.rows]).toEqual([30, 10])
    expect(world.text()).not.toContain('old')
    expect(world.text().replaceAll('\n', '')).toBe(`${'x'.repeat(50)}afterlast`)
  })

  it('forwards keys, and focus when the program asked for it', async () => {
    const world = aTerminal()

    world.terminal.input('é\r')
    await world.show('\x1b[?1004h')

    expect(world.typed).toEqual(['é\r'])
  })

  it('asks for the present screen instead of collecting a flood, and shows that and what comes after', async () => {
    const world = aTerminal()
    const piece = bytesOf('flood '.repeat(10_000))

    for (let count = 0; count < 400; count++) world.emit('output', piece)
    await expect.poll(() => world.restarts.count, { timeout: 10_000 }).toBe(1)
    world.emit('output', bytesOf('\r\nof the old stream'))
    world.emit('snapshot', { bytes: bytesOf('now'), cols: 40, rows: 10 })
    await world.show('\r\nnew')

    expect(world.text()).toBe('now\nnew')
    expect(world.restarts.count).toBe(1)
  })

  it('is silent after it was disposed', async () => {
    const world = aTerminal()
    world.addon.dispose()

    world.emit('output', bytesOf('ghost'))
    world.terminal.input('x')
    await world.drained()

    expect(world.typed).toEqual([])
    expect(world.text()).toBe('')
  })
})

function aTerminal() {
  const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true })
  const addon = new ConsoleAddon()
  const listeners = new Map<string, (payload: never) => void>()
  const typed: (string | Uint8Array)[] = []
  const restarts = { count: 0 }
  const source: ConsoleSource = {
    on: (name: string, listener: (payload: never) => void) => {
      listeners.set(name, listener)
      return () => listeners.delete(name)
    },
    type: (data) => typed.push(data),
    paste: () => {},
    startOver: () => {
      restarts.count += 1
    },
  }
  // The headless terminal is the same class without a screen.
  addon.activate(terminal as unknown as BrowserTerminal)
  addon.connect(source)
  const emit = (name: string, payload: unknown) => listeners.get(name)?.(payload as never)
  const drained = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => terminal.write('', resolve))
  }
  const line = (row: number) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? ''
  return {
    terminal,
    addon,
    typed,
    restarts,
    emit,
    drained,
    line,
    text: () =>
      Array.from({ length: terminal.buffer.active.length }, (_, row) => line(row))
        .join('\n')
        .trimEnd(),
    show: async (text: string) => {
      emit('output', bytesOf(text))
      await drained()
    },
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
