import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Attachment, Exec } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'

it('types 3,000 random bytes one by one exactly, while its attachment and its courier are killed', async () => {
  const machine = consoleMachine('stty raw -echo; exec dd of="$HOME/typed" bs=64k 2>/dev/null')
  onTestFinished(() => machine.remove())
  const { exec, attachments } = rememberingAttachments(machine.exec)
  const hub = machine.hub({ exec })
  const { epoch } = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  await eventually(() => existsSync(join(machine.home, 'typed')))
  const bytes = randomBytes(3000)

  for (let sent = 0; sent < bytes.length; sent += 100) {
    const answers = Array.from(bytes.subarray(sent, sent + 100), (byte, index) =>
      hub.input({
        client: 'one',
        seq: sent + index + 1,
        epoch,
        data: Buffer.from([byte]).toString('base64'),
      }),
    )
    if (sent % 300 === 0) await attachments.at(-1)?.close()
    if (sent % 1000 === 900) process.kill(machine.pidIn('courier'), 'SIGKILL')
    await Promise.all(answers)
  }

  await eventually(() => readFileSync(join(machine.home, 'typed')).length >= bytes.length)
  expect(readFileSync(join(machine.home, 'typed')).equals(bytes)).toBe(true)
  expect(attachments.length).toBeGreaterThan(10)
})

function rememberingAttachments(exec: Exec): { exec: Exec; attachments: Attachment[] } {
  const attachments: Attachment[] = []
  const attach: Exec['attach'] = async (command) => {
    if (exec.attach === undefined) throw new Error('the helper attaches')
    const attachment = await exec.attach(command)
    attachments.push(attachment)
    return attachment
  }
  return { exec: { exec: exec.exec, streamExec: exec.streamExec, attach }, attachments }
}
