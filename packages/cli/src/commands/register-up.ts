import { parsePort } from '../args/parsers.ts'
import type { CommandExtension } from '../program.ts'

/** `am up`, which alone brings the server with it. */
export const registerUp: CommandExtension = (program, context, setExitCode) => {
  program
    .command('up')
    .description('Start the control plane and the dashboard, in the foreground.')
    .option('--host <address>', 'loopback address to serve at (default: 127.0.0.1)')
    .option('--port <port>', 'port to serve at (default: 3210)', parsePort)
    .option('--data <directory>', 'data directory')
    .option('--open', 'open the login link in a browser')
    .option('--no-open', 'do not')
    .option('--no-install', 'do not install missing tools')
    .option('--allow-unisolated', 'accept machines without a sandbox', false)
    .option('--allow-mount', 'accept folders of this computer as workspaces', false)
    .option('--json', 'print failures as JSON')
    .action(async (flags) => {
      const { up } = await import('./up.ts')
      setExitCode(await up(context, { ...flags, open: flags.open === true }))
    })
}
