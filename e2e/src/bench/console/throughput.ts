import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import { outputOf } from '../../testing/machines.ts'
import { deployShell } from '../bench-machine.ts'
import { type ConsoleLink, nextEvent } from '../console-links.ts'
import { type Figure, percentile } from '../figure.ts'
import { size } from './echoing.ts'
import { openSession } from './our-console.ts'

const megabytes = 50
/** Prints lines of text whose words have colours, as compilers and test runners do, into a file. */
const makeText = `awk 'BEGIN { for (i = 0; size < ${megabytes} * 1000000; i++) { line = sprintf("\\033[3%dm%08d\\033[0m %s", i % 8, i, "the quick brown fox jumps over the lazy dog and runs through the field"); size += length(line) + 1; print line } }' >`

/** What a viewer gets of a program that prints as fast as it can, beside what tmux itself gives a control client. */
export async function benchThroughput(plane: ControlPlaneProcess, times: number): Promise<Figure[]> {
  const machineId = await deployShell(plane)
  await outputOf(plane, machineId, `${makeText} text`)
  const link = await openSession(plane, machineId, 'ws', 'flood')
  const folder = await mkdtemp(join(tmpdir(), 'am-bench-'))
  await writeFile(join(folder, 'make'), `${makeText} ${folder}/text`)
  await once(spawn('sh', [join(folder, 'make')]), 'exit')
  const [ours, tmux]: [number[], number[]] = [[], []]
  let snapshots = 0
  let received = 0
  link.onEvent((event) => {
    if (event.event === 'snapshot') snapshots += 1
    if (event.event === 'output') received += event.data.data.length * 0.75
  })
  for (let i = 0; i < times; i++) {
    tmux.push(await rateOf(() => controlClientPrints(folder)))
    ours.push(await rateOf(() => viewerReceives(link)))
  }
  link.close()
  await plane.client.machines.destroy(machineId)
  await rm(folder, { recursive: true })
  const [mine, its] = [percentile(ours, 0.5), percentile(tmux, 0.5)]
  return [
    {
      name: 'Throughput of tmux -C',
      value: its,
      unit: 'MB/s',
      note: `${times} times ${megabytes} MB, in turn with the next`,
    },
    {
      name: 'Throughput to a viewer, WebSocket',
      value: mine,
      unit: 'MB/s',
      note: `${((received / 1e6 / times / megabytes) * 100).toFixed(0)} % of it received, ${snapshots} snapshots instead`,
    },
    {
      name: '  of what tmux -C delivers',
      value: mine / its,
      unit: 'x',
      atLeast: 0.85,
      note: ours.map((each, i) => (each / (tmux[i] ?? Number.NaN)).toFixed(2)).join(', '),
    },
  ]
}

async function rateOf(print: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await print()
  return megabytes / ((performance.now() - began) / 1000)
}

async function viewerReceives(link: ConsoleLink): Promise<void> {
  const ended = untilShown(link, 'flood-ended')
  link.type("cat ~/text; printf 'flood-%s\\n' ended\r")
  await ended
}

/** Decodes only the ends of output, so that the viewer is no slower than it must be. */
async function untilShown(link: ConsoleLink, text: string): Promise<void> {
  let tail = ''
  await nextEvent(
    link,
    (event) => {
      if (event.event !== 'output' && event.event !== 'snapshot') return false
      const { data } = event.data
      const part = event.event === 'snapshot' ? data : data.slice(-1024)
      tail = (tail + Buffer.from(part, 'base64').toString('latin1')).slice(-16_384)
      return tail.includes(text)
    },
    120_000,
  )
}

async function controlClientPrints(folder: string): Promise<void> {
  const socket = join(folder, 'tmux.sock')
  const at = `-x ${size.cols} -y ${size.rows}`
  const print = `cat ${folder}/text; printf 'flood-%s\\n' ended; sleep 60`
  const client = `tmux -u -S ${socket} -f /dev/null -C new-session ${at} ${JSON.stringify(print)}`
  // The server ends only once its client's output was taken.
  const ended = `grep -qam1 flood-ended; tmux -S ${socket} kill-server & cat >/dev/null`
  const reading = spawn('sh', ['-c', `${client} | { ${ended}; }`], { stdio: ['pipe', 'ignore', 'inherit'] })
  await once(reading, 'exit')
}
