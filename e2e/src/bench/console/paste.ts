import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import { outputOf } from '../../testing/machines.ts'
import { deployShell } from '../bench-machine.ts'
import { bytesOf, nextEvent } from '../console-links.ts'
import { type Figure, percentile, spreadOf } from '../figure.ts'
import { openSession } from './our-console.ts'

const pasteBytes = 100 * 1024
const brackets = 12

/** From the request to the program that read every byte of the paste and its brackets. */
export async function benchPaste(plane: ControlPlaneProcess, times: number): Promise<Figure[]> {
  const machineId = await deployShell(plane)
  const link = await openSession(plane, machineId, 'ws', 'paste')
  const shows = (text: string) =>
    nextEvent(link, (event) => Buffer.from(bytesOf(event)).toString('latin1').includes(text))
  const text = Buffer.from(Array.from({ length: pasteBytes }, (_, i) => (i % 64 === 63 ? 10 : 97 + (i % 26))))
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const reading = shows('reads')
    link.type(
      `stty raw -echo; printf '\\033[?2004h%s' rea''ds; head -c ${pasteBytes + brackets} >~/got; stty sane; printf '\\033[?2004lgot%s\\n' all\r`,
    )
    await reading
    const got = shows('gotall')
    const began = performance.now()
    link.paste(text.toString('latin1'))
    await got
    took.push(performance.now() - began)
    await checkPaste(plane, machineId, text)
  }
  link.close()
  await plane.client.machines.destroy(machineId)
  return [
    {
      name: 'Paste of 100 KB, bracketed and exact, p50',
      value: percentile(took, 0.5),
      unit: 'ms',
      goal: 60,
      note: spreadOf(took),
    },
  ]
}

async function checkPaste(plane: ControlPlaneProcess, machineId: string, text: Buffer): Promise<void> {
  const got = Buffer.from(await outputOf(plane, machineId, 'base64 -w0 <got'), 'base64')
  // A line feed that is pasted comes as Return, as from any terminal.
  const sent = text.toString('latin1').replaceAll('\n', '\r')
  if (got.toString('latin1') !== `\x1b[200~${sent}\x1b[201~`)
    throw new Error('the paste is not what was sent')
}
