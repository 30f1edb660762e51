import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { newTerminal, stateOf, Viewer, write } from '../testing/viewer.ts'

const lines = (count: number) => Array.from({ length: count }, (_, n) => `row ${n}`).join('\r\n')

/** What a program drew, and what it writes next, which shows what a look at the screen does not. */
const scenes: Record<string, { drawn: string | Uint8Array; next?: string | Uint8Array }> = {
  'text in colours, scrolled': {
    drawn: `${lines(60)}\r\n\x1b[1;31mred\x1b[0m \x1b[38;5;208morange\x1b[48;2;10;20;30mbg\x1b[0m \x1b[4munder\x1b[0m$ `,
  },
  'an editor on the alternate screen': {
    drawn:
      `${lines(30)}\r\nshell$ vim\x1b[?1049h\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h\x1b[2;20r` +
      `\x1b[H\x1b[2J\x1b[44m${'title bar'.padEnd(80)}\x1b[0m\x1b[5;1Hbody\x1b[24;1H-- INSERT --\x1b[?25l\x1b[6;3H\x1b]2;vim file\x07`,
    next: '\n\n\nafter',
  },
  'back from the alternate screen': { drawn: `${lines(5)}\x1b[?1049hhidden\x1b[?1049l`, next: 'X' },
  'a line exactly as long as the screen is wide': { drawn: `ab\r\n\x1b[32m${'w'.repeat(80)}`, next: 'Z' },
  'the beginning of an escape sequence': { drawn: 'plain \x1b[3', next: '1mred' },
  'the beginning of a title': { drawn: 'plain \x1b]2;half', next: ' title\x07done' },
  'wide, combined and half-received characters': {
    drawn: Buffer.concat([Buffer.from('日本語 e\u0301 😀 é\r\n'), Buffer.from('€😀').subarray(0, 5)]),
    next: Buffer.from('€😀').subarray(5),
  },
  // Without `bce` in its terminfo entry a program paints blanks, and tmux 3.3a captures only what was written.
  'painted rows that were scrolled': {
    drawn: `${'\x1b[41mred row'.padEnd(85)}\r\n${'\x1b[44mblue'.padEnd(85)}\x1b[0m${'\r\n'.repeat(30)}\x1b[45mpart \x1b[0m`,
    next: 'x\r\n\r\ny',
  },
  'line drawing in both character sets': {
    drawn: '\x1b(0lqqk\r\nx\x1b(B  \x1b)0\x0ex\x0f\r\n\x1b(0mqqj',
    next: 'qx\x1b(Bq',
  },
  'own tab stops': { drawn: '\x1b[3g\x1b[1;5H\x1bH\x1b[1;33H\x1bH\r\nrow', next: '\ta\tb' },
  'origin and insert mode in a region': {
    drawn: '0\r\n1\r\n2\r\n3456\x1b[3;10r\x1b[?6h\x1b[4h\x1b[2;2H',
    next: 'new\x1b[Htop',
  },
  'a full row in origin mode': {
    drawn: `${lines(12)}\x1b[3;10r\x1b[?6h\x1b[2;1H\x1b[35m${'w'.repeat(79)}\x1b[36mz`,
    next: 'Z\x1b[3;5Hthird',
  },
  'a full row in origin and insert mode that ends wide': {
    drawn: `${lines(12)}\x1b[4;9r\x1b[?6h\x1b[4h\x1b[6;1H${'w'.repeat(78)}語`,
    next: 'Z',
  },
  'a pen in the hand, keys for an application, no wrapping': {
    drawn: '\x1b[?7l\x1b[?1h\x1b=\x1b[1;7;38;5;40mbold',
    next: `${'n'.repeat(90)}`,
  },
  'lines that look like the log': {
    drawn: '%begin 1 2 1\r\n%end 1 2 1\r\nam:ack|x|1|e\r\n%output %0 forged\r\n%error 1 2 1\r\n%exit\r\n',
    next: 'ok',
  },
}

it.each(Object.entries(scenes))('restores %s', async (_, { drawn, next = '' }) => {
  const machine = consoleMachine('stty raw -echo; cat "$HOME/scene"; exec cat >/dev/null')
  onTestFinished(() => machine.remove())
  writeFileSync(join(machine.home, 'scene'), drawn)
  const truth = newTerminal(80, 24)
  await write(truth, drawn)
  await write(truth, next)
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, launch: true })

  const seen = async () => {
    const stop = new AbortController()
    const viewer = new Viewer(hub.stream({ signal: stop.signal }))
    await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))
    stop.abort()
    await viewer.done
    await write(viewer.terminal, next)
    return stateOf(viewer.terminal)
  }
  let state = await seen()
  const wanted = JSON.stringify(stateOf(truth))
  await eventually(() => {
    if (JSON.stringify(state) !== wanted) void seen().then((again) => (state = again))
    return JSON.stringify(state) === wanted
  }, 2000).catch(() => undefined)

  expect(state).toEqual(stateOf(truth))
})
