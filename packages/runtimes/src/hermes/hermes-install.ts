import { pipInstall } from '../recipe/pip-install.ts'
import { hermesLock } from './hermes-lock.ts'

const hermesVersion = '0.19.0'
/** Counts what is installed with the same CLI. */
const revision = 2

export const hermesInstall = pipInstall({
  runtime: 'hermes',
  version: `${hermesVersion}-${revision}`,
  pythons: ['3.13', '3.12', '3.11'],
  lock: hermesLock,
  // `--version` would ask the registry for a newer one.
  verify: {
    command: `./bin/python -c 'import aiohttp, hermes_cli, hermes_cli.main; print("Hermes Agent", hermes_cli.__version__)'`,
    expect: `Hermes Agent ${hermesVersion}`,
  },
})
