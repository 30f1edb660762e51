import { parseArgs } from 'node:util'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { benchAgents } from './agent-bench.ts'
import { benchShell } from './deploy-bench.ts'
import { benchEcho } from './echo-bench.ts'
import type { Figure } from './figure.ts'
import { benchReattach } from './reattach-bench.ts'
import { report } from './report.ts'
import { benchRuntimeStarts } from './runtime-starts.ts'
import { benchIdleMemory, measureFirstLoad } from './size-bench.ts'
import { benchClone, benchLaterStart } from './start-bench.ts'

const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
  size: async () => [measureFirstLoad()],
  memory: () => onPlane((plane) => benchIdleMemory(plane)),
  start: () => benchLaterStart(5),
  shell: () => onPlane((plane) => benchShell(plane, 20)),
  echo: () => onPlane((plane) => benchEcho(plane, 400)),
  reattach: () => onPlane((plane) => benchReattach(plane, 100)),
  agents: () => benchAgents(5),
  clone: benchClone,
  runtimes: () => benchRuntimeStarts(3),
}

/** Those that install a lot; `--only` names them. */
const slow = ['clone', 'runtimes']

const { values } = parseArgs({
  options: { clone: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const chosen =
  values.only?.split(',') ??
  Object.keys(parts).filter((name) => !slow.includes(name) || (name === 'clone' && values.clone))
await report('bench', parts, chosen)

async function onPlane(measure: (plane: ControlPlaneProcess) => Promise<Figure[]>): Promise<Figure[]> {
  const plane = await startControlPlane()
  try {
    return await measure(plane)
  } finally {
    await removeControlPlane(plane)
  }
}
