import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startFromProcess } from '@agent-machines/control-plane'
import { createProviders } from '@agent-machines/providers'
import { restrictedTo, type TieredSubstrate, tieredSubstrates } from './tiered-substrates.ts'

// A control plane like `am up`, on whose computer there are also substrates that offer less of the same machines.
// Takes `--port`, `--data` and `--round-trip-ms`, how far away those substrates are.

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    data: { type: 'string' },
    'no-open': { type: 'boolean' },
    'round-trip-ms': { type: 'string', default: '0' },
  },
})
const roundTripMs = Number(values['round-trip-ms'])

const plane = await startFromProcess(
  {
    port: Number(values.port),
    data: values.data,
    install: true,
    allowUnisolated: false,
    allowMount: false,
  },
  {
    version: '0.0.0-tiers',
    dashboardDirectory: join(root, 'packages/web/dist'),
    packageFrom: [root],
    environment: process.env,
    say: (line) => process.stderr.write(`${line}\n`),
  },
  (options) => {
    const providers = createProviders(options)
    const local = providers.get('local')
    if (local === undefined) throw new Error('there is no local substrate')
    const names = Object.keys(tieredSubstrates) as TieredSubstrate[]
    return new Map([
      ...providers,
      ...names.map((name) => [name, restrictedTo(local, name, roundTripMs)] as const),
    ])
  },
)
process.stdout.write(`${plane.url}\n${plane.loginLink}\n`)
plane.markReady()
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void plane.stop().finally(() => process.exit(0))
  })
}
