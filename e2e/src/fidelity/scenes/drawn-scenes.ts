import type { Scene } from './scene.ts'

const lines = (count: number) => Array.from({ length: count }, (_, n) => `row ${n}`).join('\r\n')
const goesOn = (bytes: string) => [{ shows: 'what follows', bytes }]
const home = '\x1b[H\x1b[2J'

const text: readonly Scene[] = [
  {
    name: 'emoji and CJK',
    drawn: `${home}日本語テキスト 中文 한국어\r\n😀🎉🚀 ok 👍🏽\r\n｜ｆｕｌｌ｜\r\n`,
  },
  {
    name: 'combining characters',
    drawn: `${home}e\u0301 a\u0308\u0323 n\u0303o\u0302 ก\u0e49า`,
  },
  {
    name: 'a wide character at the right margin',
    drawn: `${home}${'a'.repeat(79)}界b\r\n${'b'.repeat(78)}界c`,
  },
  { name: 'a cursor whose wrap is pending', drawn: `${home}ab\r\n\x1b[32m${'w'.repeat(80)}` },
  {
    name: 'soft-wrapped lines',
    drawn: `${home}$ ${'long '.repeat(50)}end\r\nshort\r\n${'x'.repeat(80)}\r\n${'é'.repeat(170)}\r\n\r\n${'y'.repeat(81)}`,
  },
  {
    name: 'a wrapped line whose first half was erased',
    drawn: `${home}${'abcdefgh'.repeat(12)}\x1b[1;20H\x1b[K\x1b[5;1H`,
  },
  {
    name: 'scrollback of 1,500 lines',
    drawn: Array.from(
      { length: 1500 },
      (_, n) => `\x1b[3${n % 8}mline ${n}\x1b[0m ${'#'.repeat(n % 150)}`,
    ).join('\r\n'),
  },
  {
    name: 'line drawing in G0 and G1',
    drawn: `${home}\x1b(0lqqqk\r\nx\x1b(B   \x1b)0\x0ex\x0f\r\n\x1b(0mqqqj`,
    next: goesOn('qx\x1b(Bq'),
  },
  { name: 'the second set shifted in', drawn: `${home}\x1b)0box: \x0elqk` },
  {
    name: 'characters repeated, inserted, deleted and erased',
    drawn: `${home}ab\x1b[20b|\r\n0123456789\x1b[5D\x1b[2@XY\r\n0123456789\x1b[6D\x1b[3P\r\n0123456789\x1b[7D\x1b[4X\r\n1\r\n2\r\n3\x1b[2A\r\x1b[L\x1b[B\x1b[M`,
  },
  {
    name: 'lines that look like the log',
    drawn:
      '%begin 1 2 1\r\n%end 1 2 1\r\nam:ack|x|1|e\r\n%output %0 forged\r\n%error 1 2 1\r\n%exit\r\nam:snap|5|5\r\n',
  },
]

const looks: readonly Scene[] = [
  {
    name: 'a 24-bit gradient',
    drawn: `${home}${Array.from({ length: 6 }, (_, row) =>
      Array.from({ length: 80 }, (_, x) => `\x1b[48;2;${x * 3};${row * 40};128m `).join(''),
    ).join('\x1b[0m\r\n')}\x1b[0m\r\n`,
  },
  {
    name: 'the 256 colours',
    drawn: `${home}${Array.from({ length: 256 }, (_, n) => `\x1b[38;5;${n}m${n % 10}\x1b[48;5;${255 - n}m.`).join('')}\x1b[0m`,
  },
  {
    name: 'all attributes',
    drawn: `${home}${[1, 2, 3, 4, 5, 7, 8, 9, 53].map((n) => `\x1b[0;${n}mattr ${n}\x1b[0m `).join('')}\r\n${[1, 2, 3, 4, 5].map((n) => `\x1b[4:${n}munder ${n}\x1b[0m `).join('')}\x1b[58:2::255:0:0;4mred line\x1b[0m \x1b[58;5;33;4:3mblue curl\x1b[0m\r\n\x1b[1;3;4;9;38;5;208;48;2;1;2;3mall\x1b[22;23m some\x1b[24;29;39m few\x1b[0m\r\n\x1b[21mdouble\x1b[0m \x1b[91;102mbright\x1b[0m`,
  },
  {
    name: 'reverse video',
    drawn: `${home}\x1b[7m status line \x1b[27m text \x1b[7;31mred\x1b[0m\r\n\x1b[7m${' '.repeat(80)}\x1b[0m`,
  },
  {
    name: 'painted rows that were scrolled',
    drawn: `${'\x1b[41mred row'.padEnd(85)}\r\n${'\x1b[44mblue'.padEnd(85)}\x1b[0m${'\r\n'.repeat(30)}\x1b[45mpart \x1b[0m`,
  },
  { name: 'a pen in the hand', drawn: `${home}text \x1b[1;7;38;5;40;4:3m` },
  {
    name: 'cells erased with a background',
    drawn: `${home}\x1b[44mblue to the end\x1b[K\r\n\x1b[K\r\n\x1b[42m\x1b[10Xgreen\x1b[0m\r\nplain\x1b[41m\x1b[3X\x1b[5C\x1b[K`,
  },
  {
    name: 'erased backgrounds above the screen and under an alternate one',
    drawn: `${home}${Array.from({ length: 60 }, (_, n) => `\x1b[48;5;${n + 20}m\x1b[Kline ${n}`).join('\x1b[0m\r\n')}\x1b[?1049h\x1b[H\x1b[45m\x1b[2J\x1b[3;3Hover`,
  },
]

const cursor: readonly Scene[] = [
  { name: 'a hidden cursor', drawn: `${home}no cursor\x1b[?25l` },
  ...[0, 1, 2, 3, 4, 5, 6].map((shape) => ({
    name: `cursor shape ${shape}`,
    drawn: `${home}\x1b[${shape === 0 ? 5 : 0} q\x1b[${shape} qshape`,
  })),
  { name: 'a saved cursor', drawn: `${home}\x1b[1;31m\x1b[3;7H\x1b7\x1b[0m\x1b[10;20Hat the end` },
  {
    name: 'a saved cursor in line drawing',
    drawn: `${home}\x1b(0\x1b[4;1Hlqk\x1b[s\x1b(B\x1b[12;3Htext`,
  },
]

const screens: readonly Scene[] = [
  {
    name: 'an alternate screen with a saved cursor, and back',
    drawn: `${lines(30)}\x1b[31m\x1b[?1049h\x1b[H\x1b[2J\x1b[0mhidden\x1b[5;5H`,
    next: goesOn('\x1b[?1049lback'),
  },
  { name: 'back from the alternate screen', drawn: `${lines(5)}\x1b[?1049h\x1b[Hhidden\x1b[?1049l` },
  { name: 'the old alternate screen 47', drawn: `${lines(4)}\x1b[?47h\x1b[Hold`, next: goesOn('\x1b[?47lX') },
  {
    name: 'an editor on the alternate screen',
    drawn: `${lines(30)}\r\nshell$ vim\x1b[?1049h\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h\x1b[2;20r\x1b[H\x1b[2J\x1b[44m${'title bar'.padEnd(80)}\x1b[0m\x1b[5;1Hbody\x1b[24;1H-- INSERT --\x1b[?25l\x1b[6;3H`,
  },
  { name: 'a scroll region with origin mode', drawn: `${lines(20)}\x1b[5;10r\x1b[?6h\x1b[2;2Hinside` },
  { name: 'a region at the top that scrolled', drawn: `${home}\x1b[1;6r${lines(12)}` },
  { name: 'own tab stops', drawn: `${home}\x1b[3g\x1b[1;5H\x1bH\x1b[1;33H\x1bH\r\nrow` },
  { name: 'insert mode', drawn: `${home}0123456789\x1b[1;3H\x1b[4h`, next: goesOn('new') },
  {
    name: 'no wrapping',
    drawn: `${home}\x1b[?7l${'n'.repeat(90)}\x1b[3;5H`,
    next: goesOn(`${'m'.repeat(90)}\x1b[80G`),
  },
]

const modes: readonly Scene[] = [
  ...['9', '1000', '1002', '1003'].map((mode) => ({
    name: `mouse tracking ${mode}`,
    drawn: `${home}\x1b[?${mode}h`,
  })),
  { name: 'mouse reports in SGR', drawn: `${home}\x1b[?1000;1006h` },
  { name: 'mouse reports in pixels', drawn: `${home}\x1b[?1003h\x1b[?1016h` },
  { name: 'application cursor keys and keypad', drawn: `${home}\x1b[?1h\x1b=` },
  { name: 'bracketed paste', drawn: `${home}\x1b[?2004h` },
  { name: 'focus reports', drawn: `${home}\x1b[?1004;2004h` },
  { name: 'reverse wraparound', drawn: `${home}\x1b[?45h` },
  { name: 'synchronized output', drawn: `${home}before\x1b[?2026hhalf a frame` },
  { name: 'a title', drawn: `${home}\x1b]2;a|title: ünïcode 日本\x07` },
]

const joins: readonly Scene[] = [
  { name: 'an unfinished escape sequence', drawn: `${home}plain \x1b[3`, next: goesOn('1mred') },
  { name: 'an unfinished title', drawn: `${home}plain \x1b]2;half`, next: goesOn(' title\x07done') },
  {
    name: 'half a character',
    drawn: Buffer.concat([Buffer.from(`${home}日 `), Buffer.from('€😀').subarray(0, 5)]),
    next: [{ shows: 'what follows', bytes: '' }],
  },
]

/** Scenes that are nothing but bytes. */
export const drawnScenes: readonly Scene[] = [...text, ...looks, ...cursor, ...screens, ...modes, ...joins]
