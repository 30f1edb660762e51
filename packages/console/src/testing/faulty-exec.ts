import { AgentMachinesError, type Exec, type ExecEvent } from '@agent-machines/core'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Numbers from 0 to 1 that a seed repeats. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Faults {
  /** Nothing goes wrong while this is false. */
  on: boolean
  /** How often each thing happened. */
  readonly seen: Record<'refused' | 'lost' | 'repeated' | 'cut', number>
}

/** A substrate that refuses commands, loses their answers, runs them twice, lets them overtake, and cuts streams. */
export function faultyExec(exec: Exec, random: () => number): { exec: Exec; faults: Faults } {
  const faults: Faults = { on: false, seen: { refused: 0, lost: 0, repeated: 0, cut: 0 } }
  const happens = (kind: keyof Faults['seen'], chance: number) => {
    const isSo = faults.on && random() < chance
    if (isSo) faults.seen[kind] += 1
    return isSo
  }
  const broken = () => new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The network broke.')
  return {
    faults,
    exec: {
      async exec(command) {
        if (faults.on) await pause(random() * 30)
        if (happens('refused', 0.05)) throw broken()
        if (happens('repeated', 0.1)) {
          void pause(random() * 60).then(() => exec.exec(command).catch(() => undefined))
        }
        const result = await exec.exec(command)
        if (faults.on) await pause(random() * 30)
        if (happens('lost', 0.05)) throw broken()
        return result
      },
      async *streamExec(command): AsyncGenerator<ExecEvent> {
        for await (const event of exec.streamExec(command)) {
          if (happens('cut', 0.01)) throw broken()
          yield event
        }
      },
    },
  }
}
