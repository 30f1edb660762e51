import { randomBytes } from 'node:crypto'
import { createLocalProvider } from '../local-provider.ts'

/** Run as a program by an ordinary user: one machine's life, told as JSON on stdout. */
const [, , dataDirectory = '', mode = 'isolated'] = process.argv
const provider = createLocalProvider({
  dataDirectory,
  allowUnisolated: mode === 'unisolated',
  allowMount: false,
  installerEnvironment: {},
  log: () => undefined,
  now: Date.now,
  random: () => randomBytes(6).toString('hex'),
})
const probe = await provider.probe()
const machineId = 'ordinary'
const provisioned = await provider.provision({ machineId, spec: {}, env: { OWN: 'yes' } })
const ref = { machineId, ref: provisioned.ref }
const report = await provider.exec(ref, {
  script:
    'grep -E "^(CapEff|NoNewPrivs):" /proc/self/status; read -r in out count </proc/self/uid_map; echo "uid $out"; echo "own $OWN"; cat /etc/shadow 2>&1 | head -1; touch /usr/x 2>/dev/null && echo wrote',
})
const timed = await provider.exec(ref, { script: 'sleep 500 & sleep 500', timeoutMs: 200 })
await provider.exec(ref, { script: 'mkdir -p closed/in; chmod 000 closed; sleep 500 >/dev/null 2>&1 &' })
const slept = await provider.sleep(ref).then(
  () => 'slept',
  (error: { code: string }) => error.code,
)
await provider.destroy(ref)
await provider.destroy(ref)
process.stdout.write(
  `${JSON.stringify({
    problems: probe.problems,
    sleep: probe.capabilities.sleep,
    isolation: provisioned.isolation,
    said: Buffer.from(report.stdout).toString(),
    timedOut: timed.timedOut,
    slept,
    state: (await provider.state(ref)).state,
  })}\n`,
)
