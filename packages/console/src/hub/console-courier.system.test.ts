import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'

it('subscribes to title and death in every courier, however soon the first command comes', async () => {
  const machine = consoleMachine()
  onTestFinished(() => machine.remove())
  const folder = join(machine.home, '.agent-machines/console/agent')
  const start = 'am=$HOME/.agent-machines/bin/am-console; "$am" ensure agent 80 24'
  machine.run(`${start} --launch`)

  for (let life = 1; life <= 12; life++) {
    process.kill(machine.pidIn('courier'), 'SIGKILL')
    machine.run(`${start}; echo "display-message -p am:first" | "$am" relay agent`)
    const [, id] = readFileSync(join(folder, 'courier'), 'utf8').split(' ')
    const log = () => readFileSync(join(folder, `${id}.log`), 'utf8')

    await eventually(() => log().includes('am:first') && log().includes('%session-changed'))

    expect(log()).not.toContain('%error')
  }
})
