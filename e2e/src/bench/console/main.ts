import { parseArgs } from 'node:util'
import { type ControlPlaneProcess, removeControlPlane } from '../../testing/control-plane-process.ts'
import { startTieredPlane } from '../../testing/tiered-plane.ts'
import type { Figure } from '../figure.ts'
import { report } from '../report.ts'
import { compareEcho } from './compare-echo.ts'
import { benchFarEcho } from './far-echo.ts'
import { benchManyConsoles } from './many-consoles.ts'
import { benchPainted, benchPredicted } from './painted.ts'
import { benchPaste } from './paste.ts'
import { benchStalledViewer } from './stalled-viewer.ts'
import { benchThroughput } from './throughput.ts'
import { benchIdleViewers } from './viewers.ts'

// Compares ways to bring a terminal into a browser. Takes `--only` a list of parts, `--keys` per design, `--minutes` of
// steady typing on a substrate that is far away, and `--run`, the number under which the figures are kept.

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '320' },
    minutes: { type: 'string', default: '1' },
    only: { type: 'string' },
    run: { type: 'string', default: '1' },
  },
})
const keys = Number(values.keys)
const minutes = Number(values.minutes)
const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
  echo: () => onPlane(0, (plane) => compareEcho(plane, keys)),
  far50: () => onPlane(50, (plane) => benchFarEcho(plane, 50, minutes)),
  far150: () => onPlane(150, (plane) => benchFarEcho(plane, 150, minutes)),
  painted: () => onPlane(0, (plane) => benchPainted(plane, keys)),
  predicted: () => onPlane(150, (plane) => benchPredicted(plane, 150, keys)),
  throughput: () => onPlane(0, (plane) => benchThroughput(plane, 5)),
  stalled: () => onPlane(0, (plane) => benchStalledViewer(plane, 3)),
  viewers: () => onPlane(0, (plane) => benchIdleViewers(plane, 1000)),
  consoles: () => onPlane(0, (plane) => benchManyConsoles(plane, 200, keys)),
  paste: () => onPlane(0, (plane) => benchPaste(plane, 20)),
}

await report(`bench-console-${values.run}`, parts, values.only?.split(',') ?? Object.keys(parts))

async function onPlane(
  roundTripMs: number,
  measure: (plane: ControlPlaneProcess) => Promise<Figure[]>,
): Promise<Figure[]> {
  const plane = await startTieredPlane({ roundTripMs })
  try {
    return await measure(plane)
  } catch (error) {
    process.stderr.write(plane.log())
    throw error
  } finally {
    await removeControlPlane(plane)
  }
}
