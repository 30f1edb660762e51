import type { Scene } from './scene.ts'

const home = '\x1b[H\x1b[2J'
const family = '👨\u200d👩\u200d👧'

/** Where tmux 3.3a is another terminal than xterm.js. */
export const exceptionScenes: readonly Scene[] = [
  {
    name: 'emoji joined by ZWJ',
    drawn: `${home}${family}x\r\n`,
    instead: `${home}${family}x\r\n`,
  },
  {
    name: 'a combining character with nothing before it',
    drawn: `${home}\u0301start`,
    instead: `${home}start`,
  },
  {
    name: 'the column after inserted and deleted lines',
    drawn: `${home}1\r\n2\r\n3\x1b[2A\x1b[L`,
    instead: `${home}1\r\n2\r\n3\x1b[2A\x1b[L\x1b[C`,
  },
  {
    name: 'a cursor behind the last column without wrapping',
    drawn: `${home}\x1b[?7l${'n'.repeat(90)}`,
    instead: `${home}\x1b[?7l${'n'.repeat(90)}\x1b[80G`,
  },
]
