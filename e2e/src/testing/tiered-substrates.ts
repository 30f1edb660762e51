import type { ExecEvent, MachineProvider } from '@agent-machines/core'

/** Substrates of these ids run local machines and offer this much of them. */
export const tieredSubstrates = {
  'local-attach': { attach: true, streamExec: true },
  'local-stream': { attach: false, streamExec: true },
  'local-poll': { attach: false, streamExec: false },
} as const

export type TieredSubstrate = keyof typeof tieredSubstrates

/** The provider with fewer capabilities, `roundTripMs` further away: half of it each way. */
export function restrictedTo(
  local: MachineProvider,
  id: TieredSubstrate,
  roundTripMs: number,
): MachineProvider {
  const half = roundTripMs / 2
  const offered = tieredSubstrates[id]
  return {
    manifest: { ...local.manifest, id, label: id },
    async probe() {
      const probe = await local.probe()
      return { ...probe, capabilities: { ...probe.capabilities, ...offered } }
    },
    async provision(request) {
      const machine = await local.provision(request)
      return { ...machine, capabilities: { ...machine.capabilities, ...offered } }
    },
    async exec(machine, command) {
      await pause(half)
      const result = await local.exec(machine, command)
      await pause(half)
      return result
    },
    streamExec: (machine, command) => late(local.streamExec(machine, command), half),
    attach: (machine, command) => local.attach(machine, command),
    checkHostPath: (path) => local.checkHostPath(path),
    writeFile: (...call) => local.writeFile(...call),
    state: (machine) => local.state(machine),
    wake: (machine) => local.wake(machine),
    sleep: (machine) => local.sleep(machine),
    destroy: (machine) => local.destroy(machine),
    keepAlive: (machine, durationMs) => local.keepAlive(machine, durationMs),
    publicUrl: (machine, port) => local.publicUrl(machine, port),
    ...(local.sharedRuntimes ? { sharedRuntimes: local.sharedRuntimes } : {}),
  }
}

/** Begins `ms` late and passes each event on `ms` after it came, however many are under way. */
async function* late(source: AsyncIterable<ExecEvent>, ms: number): AsyncIterable<ExecEvent> {
  if (ms === 0) {
    yield* source
    return
  }
  await pause(ms)
  const events = source[Symbol.asyncIterator]()
  const underWay: Promise<IteratorResult<ExecEvent>>[] = []
  const fetch = () => {
    const next = events.next()
    // The one after it is asked for as soon as it is here, not when it is passed on.
    next.then(({ done }) => (done ? undefined : fetch())).catch(() => undefined)
    const passed = next.then(async (event) => {
      await pause(ms)
      return event
    })
    passed.catch(() => undefined)
    underWay.push(passed)
  }
  fetch()
  try {
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) {
      const { done, value } = await next
      if (done) return
      yield value
    }
  } finally {
    await events.return?.()
  }
}

function pause(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))
}
