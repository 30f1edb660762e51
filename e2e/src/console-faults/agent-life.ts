import { type ControlPlaneProcess, eventually } from '../testing/control-plane-process.ts'

/** One run of the lab's program in a session, and the files in which it keeps what it read and wrote. */
export class AgentLife {
  readonly number: number
  readonly #machineId: string
  readonly #session: string
  readonly #folder: string

  constructor(machineId: string, session: string, number: number) {
    this.number = number
    this.#machineId = machineId
    this.#session = session
    this.#folder = `lab/${session}-${number}`
  }

  /** Keys that start it in a shell. */
  get command(): string {
    const seed = this.#session.replace(/\D/g, '')
    return ` mkdir -p ~/${this.#folder} && exec perl ~/lab-agent.pl ~/${this.#folder} ${seed}\r`
  }

  /** Types the command as `client` and waits for its first output. */
  async start(plane: ControlPlaneProcess, client: string): Promise<void> {
    const session = this.#session
    const opened = await plane.client.console.open(this.#machineId, { session, cols: 80, rows: 24, client })
    const data = Buffer.from(this.command).toString('base64')
    await plane.client.console.input(this.#machineId, {
      session,
      client,
      seq: opened.expected,
      epoch: opened.epoch,
      data,
    })
    await this.stands(plane)
  }

  async stands(plane: ControlPlaneProcess): Promise<void> {
    await eventually('the program', async () => (await this.#read(plane, 'said')).length > 0)
  }

  /** What it read so far, and its longest write. */
  async kept(plane: ControlPlaneProcess): Promise<{ typed: string; worstMs: number }> {
    const [typed, worst] = await Promise.all([this.#read(plane, 'typed'), this.#read(plane, 'worst')])
    return { typed: typed.toString('latin1'), worstMs: Number(worst.toString()) }
  }

  /** All that it wrote, once it has said that it is done. */
  async ended(plane: ControlPlaneProcess): Promise<Buffer> {
    return await eventually('the end', async () => {
      const said = await this.#read(plane, 'said')
      return said.includes('all was said') ? said : null
    })
  }

  async #read(plane: ControlPlaneProcess, name: string): Promise<Buffer> {
    const command = `cat "$HOME/${this.#folder}/${name}" 2>/dev/null`
    const { stdout } = await plane.client.machines.exec(this.#machineId, { command }, { encoding: 'base64' })
    return Buffer.from(stdout, 'base64')
  }
}

/** Ends all processes of a session and forgets its files. */
export async function endSession(
  plane: ControlPlaneProcess,
  machineId: string,
  session: string,
): Promise<void> {
  const command = `d=$HOME/.agent-machines/console/${session}
kill -9 "$(cat "$d/watch")"
tmux -S "$(am-console socket ${session})" kill-server
for log in "$d"/*.log; do t=$(readlink "$log") && rm -rf "$(dirname "$t")"; done
rm -rf "$d" "$HOME"/lab/${session}-*
true`
  await plane.client.machines.exec(machineId, { command })
}
