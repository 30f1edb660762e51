import { type ControlPlaneProcess, eventually } from '../testing/control-plane-process.ts'
import type { Size } from '../testing/screen.ts'
import { differencesFrom, type Reference } from './compare.ts'
import { play } from './footage.ts'
import { PaneFootage } from './pane-footage.ts'
import type { Scene } from './scenes/scene.ts'
import { type WatchedConsole, watchConsole } from './watched-console.ts'

/** Where a scene is played. */
export interface Stage {
  readonly plane: ControlPlaneProcess
  readonly machineId: string
  readonly session: string
  /** The size that the pane had first. */
  readonly size: Size
}

/**
 * Plays a scene and looks at it live, after a reload and after a take-over with another size; gives what is
 * otherwise than on a terminal that saw all bytes of the pane from the first on.
 */
export async function faultsOf(scene: Scene, stage: Stage): Promise<string[]> {
  const { plane, machineId, session, size } = stage
  const smaller = { cols: size.cols - 8, rows: size.rows - 4 }
  const live = await watchConsole(plane, machineId, session, size)
  const pane = new PaneFootage(plane, machineId, session, size)
  await perform(scene, live, pane, stage)
  const exact: Reference = { pane, next: scene.next ?? [] }
  const restored = { ...exact, replaced: replacementOf(scene) }

  const faults = await differencesFrom('live', live, exact)
  const reloaded = await watchConsole(plane, machineId, session, size)
  faults.push(...(await differencesFrom('after a reload', reloaded, restored)))
  await reloaded.takeOver(smaller)
  faults.push(...(await differencesFrom('after a take-over', reloaded, restored)))
  faults.push(...(await differencesFrom('live, when another took over', live, exact)))
  if (scene.redraws) {
    const late = await watchConsole(plane, machineId, session, size, { watch: true })
    const screen = { ...restored, next: [], above: false }
    faults.push(...(await differencesFrom('after a reload at the new size', late, screen)))
    late.close()
  }
  for (const viewer of [live, reloaded]) viewer.close()
  return faults
}

function replacementOf({ drawn, instead }: Scene): Reference['replaced'] {
  if (instead === undefined || drawn === undefined) return undefined
  return { drawn: Buffer.from(drawn), instead: Buffer.from(instead) }
}

async function perform(scene: Scene, viewer: WatchedConsole, pane: PaneFootage, stage: Stage): Promise<void> {
  if (scene.drawn !== undefined) {
    const drawn = Buffer.from(scene.drawn)
    const { plane, machineId, session } = stage
    const command = `mkdir -p scenes; base64 -d >scenes/${session}`
    await plane.client.machines.exec(machineId, { command, stdin: drawn.toString('base64') })
    await screenShows(pane, /[$#] $/m)
    viewer.type(` stty raw -echo; cat ~/scenes/${session}; exec cat >/dev/null\r`)
    await eventually('all of it in the pane', async () => (await pane.written()).includes(drawn), 10_000)
  }
  for (const { keys, until, pauseMs = 0 } of scene.typed ?? []) {
    viewer.type(keys)
    await screenShows(pane, until)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

async function screenShows(pane: PaneFootage, wanted: RegExp): Promise<void> {
  let shown = ''
  await eventually(
    `a screen with ${wanted}`,
    async () => {
      const terminal = await play(await pane.read(), { current: '' })
      const { active } = terminal.buffer
      const rows = Array.from({ length: terminal.rows }, (_, y) => active.getLine(active.baseY + y))
      shown = rows.map((row) => row?.translateToString(true) ?? '').join('\n')
      terminal.dispose()
      return wanted.test(shown)
    },
    20_000,
  ).catch((cause: unknown) => {
    throw new Error(`${String(cause)}\n${shown}`, { cause })
  })
}
