import type { Scene } from './scene.ts'

/** Real programs, as a person drives them. */
export const programScenes: readonly Scene[] = [
  {
    name: 'vim, with a line typed in',
    redraws: true,
    typed: [
      { keys: 'vim -n text.txt\r', until: /plain ASCII/ },
      { keys: 'jjjo\tTYPED 界\x1b', until: /TYPED/ },
    ],
  },
  {
    name: 'vim, typing',
    redraws: true,
    typed: [
      { keys: 'vim -n text.txt\r', until: /plain ASCII/ },
      { keys: 'Goinserted text', until: /inserted text/ },
    ],
  },
  {
    name: 'less, scrolled and searched',
    redraws: true,
    typed: [
      { keys: 'less -N text.txt\r', until: /plain ASCII/ },
      { keys: ' /line 150 \r', until: /line 150 of/ },
    ],
  },
  { name: 'htop', redraws: true, typed: [{ keys: 'htop -d 600\r', until: /PID/ }] },
  { name: 'mc', redraws: true, typed: [{ keys: 'mc -u\r', until: /10Quit/ }] },
  { name: 'ncdu', redraws: true, typed: [{ keys: 'ncdu .\r', until: /Total disk usage/ }] },
  {
    name: 'a dialog box',
    typed: [
      { keys: 'dialog --title Question --yesno "Shall we go on?" 8 40\r', until: /Shall we go on/ },
      { keys: '\t', until: /Shall we go on/ },
    ],
  },
  {
    name: 'a shell with a long command line',
    redraws: true,
    typed: [
      { keys: 'seq 1 40\r', until: /^40$/m },
      { keys: `echo ${'word '.repeat(30)}end`, until: /end$/m },
    ],
  },
  {
    name: 'coloured listings',
    redraws: true,
    typed: [{ keys: 'ls --color=always -la /usr | head -60\r', until: /lib/ }],
  },
]
