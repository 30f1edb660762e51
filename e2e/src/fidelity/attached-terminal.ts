import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { spawn } from '@lydell/node-pty'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { Screen, type Size } from '../testing/screen.ts'

const am = fileURLToPath(new URL('../../../packages/cli/dist/bundle/am.mjs', import.meta.url))

/** `am attach` in a real terminal, whose emulator answers queries as every terminal does. */
export interface AttachedTerminal {
  readonly screen: Screen
  press(keys: string): void
  /** Resolves with the exit code after Ctrl-]. */
  detach(): Promise<number>
}

export function attachTerminal(
  plane: ControlPlaneProcess,
  machineId: string,
  size: Size,
  options: readonly string[] = [],
): AttachedTerminal {
  const screen = new Screen(size)
  const pty = spawn(process.execPath, [am, 'attach', machineId, ...options], {
    ...size,
    cwd: tmpdir(),
    encoding: null,
    env: {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      TERM: 'xterm-256color',
      AGENT_MACHINES_URL: plane.url,
      AGENT_MACHINES_API_KEY: plane.apiKey,
    },
  })
  pty.onData((data) => screen.write(Buffer.from(data)))
  screen.onAnswer((text) => pty.write(text))
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)))
  return {
    screen,
    press: (keys) => pty.write(keys),
    detach: async () => {
      pty.write('\x1d')
      const exitCode = await ended
      screen.dispose()
      return exitCode
    },
  }
}
