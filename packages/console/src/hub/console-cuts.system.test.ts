import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Attachment, Exec } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { Viewer } from '../testing/viewer.ts'

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

it('shows the present screen to a reader under whom the log was trimmed', async () => {
  const machine = consoleMachine('exec cat')
  onTestFinished(() => machine.remove())
  const { exec, freeNext } = trimmedUnderReader(machine.exec)
  const hub = machine.hub({ exec })
  const { epoch } = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const viewer = new Viewer(hub.stream({ signal: new AbortController().signal }))
  const type = (seq: number, text: string) =>
    hub.input({ client: 'one', seq, epoch, data: Buffer.from(text).toString('base64') })
  await type(1, 'before\r')
  await viewer.until((screen) => screen.includes('before\nbefore'))

  freeNext()
  await type(2, 'lost\r')
  await type(3, 'after\r')

  await viewer.until((screen) => screen.includes('before\nbefore\nlost\nlost\nafter\nafter'))
})

/** Where a hole was punched into the log before it was read, zeros are read. */
function trimmedUnderReader(exec: Exec): { exec: Exec; freeNext: () => void } {
  let isFreed = false
  return {
    freeNext: () => {
      isFreed = true
    },
    exec: {
      exec: exec.exec,
      async *streamExec(command) {
        for await (const event of exec.streamExec(command)) {
          const isHole = isFreed && event.kind === 'stdout'
          if (isHole) isFreed = false
          yield isHole ? { ...event, bytes: new Uint8Array(event.bytes.length) } : event
        }
      },
    },
  }
}

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
