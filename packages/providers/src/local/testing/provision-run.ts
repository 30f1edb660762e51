import { randomBytes } from 'node:crypto'
import { createLocalProvider } from '../local-provider.ts'

/** Run as a program that is killed while it provisions or destroys a machine. */
const [, , dataDirectory = '', machineId = '', verb = 'provision'] = process.argv
const provider = createLocalProvider({
  dataDirectory,
  allowUnisolated: false,
  allowMount: false,
  installerEnvironment: {},
  log: () => undefined,
  now: Date.now,
  random: () => randomBytes(6).toString('hex'),
})
await provider.probe()
process.stdout.write('begins\n')
if (verb === 'destroy') await provider.destroy({ machineId, ref: machineId })
else await provider.provision({ machineId, spec: {}, env: {} })
process.stdout.write('done\n')
