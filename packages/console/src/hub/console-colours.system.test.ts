import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { Viewer } from '../testing/viewer.ts'

/** Asks for the colours of text and background at each key and prints what comes back. */
const asksAtEachKey = `stty -icanon -echo min 1 time 0
ask() { printf '\\033]%s;?\\033\\\\' "$1" >/dev/tty; dd bs=1 count=25 2>/dev/null | tr -d '\\033\\\\]'; }
echo ready
n=0; while dd bs=1 count=1 >/dev/null 2>&1; do n=$((n+1)); echo "answer $n: $(ask 10) $(ask 11)"; done`

it('tells a program that asks the colours of the dashboard, and then those of whoever drives', async () => {
  const machine = consoleMachine(asksAtEachKey)
  onTestFinished(() => machine.remove())
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, launch: true })
  const viewer = new Viewer(hub.stream({ signal: AbortSignal.timeout(20_000) }))
  const press = (seq: number) => hub.input({ client: 'one', seq, data: Buffer.from('x').toString('base64') })
  const open = (client: string, foreground: string, background: string) =>
    hub.open({ cols: 80, rows: 24, client, colours: { foreground, background } })

  await viewer.until((screen) => screen.includes('ready'))
  await press(1)
  await viewer.until((screen) => screen.includes('answer 1: 10;rgb:dede/e0e0/e2e2 11;rgb:0b0b/0d0d/1010'))
  await open('one', '#1e2227', '#fbfcfd')
  await open('two', '#ff0000', '#00ff00')
  await press(2)

  await viewer.until((screen) => screen.includes('answer 2: 10;rgb:1e1e/2222/2727 11;rgb:fbfb/fcfc/fdfd'))
  expect(viewer.text()).not.toContain('ffff')
})
