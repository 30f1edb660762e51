import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { Screen, type Size } from '../testing/screen.ts'

const tmux = 'tmux -S "$HOME/.agent-machines/console/agent/tmux.sock"'

/** Everything that the pane's program writes from here on, recorded on the machine by tmux itself. */
export interface PaneRecording {
  /** The bytes so far. */
  bytes(): Promise<Buffer>
  /** The cells of an emulator that was fed with all of it from the start. */
  cells(): Promise<string[]>
}

export async function recordPane(
  plane: ControlPlaneProcess,
  machineId: string,
  size: Size,
): Promise<PaneRecording> {
  const run = async (command: string) => {
    const answer = await plane.client.machines.exec(machineId, { command }, { encoding: 'base64' })
    if (answer.exitCode !== 0) throw new Error(`${command} ended with ${answer.exitCode}`)
    return Buffer.from(answer.stdout, 'base64')
  }
  await run(`${tmux} pipe-pane -O -t =am: 'cat >>"$HOME/pane.raw"'`)
  const bytes = () => run('cat "$HOME/pane.raw"')
  return {
    bytes,
    cells: async () => {
      const screen = new Screen(size)
      screen.write(await bytes())
      const cells = await screen.cells()
      screen.dispose()
      return cells
    },
  }
}
