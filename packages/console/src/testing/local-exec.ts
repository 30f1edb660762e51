import { type ChildProcess, spawn } from 'node:child_process'
import {
  AgentMachinesError,
  type Attachment,
  type Exec,
  type ExecCommand,
  type ExecEvent,
  type ExecResult,
} from '@agent-machines/core'

/** Runs commands on this computer under another home: the smallest thing a console can live on. */
export function localExec(home: string, environment: Record<string, string> = {}): Exec {
  const start = (command: ExecCommand) =>
    spawn('/bin/sh', ['-c', command.script], {
      cwd: command.cwd ?? home,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
        HOME: home,
        SHELL: '/bin/sh',
        ...environment,
        ...command.env,
      },
      detached: true,
    })
  return {
    exec: (command) => runToEnd(start(command), command),
    streamExec: (command) => attachTo(start(command), command).output,
    attach: async (command) => attachTo(start(command)),
  }
}

async function runToEnd(child: ChildProcess, { stdin, signal }: ExecCommand): Promise<ExecResult> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (bytes: Buffer) => stdout.push(bytes))
  child.stderr?.on('data', (bytes: Buffer) => stderr.push(bytes))
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(stdin ?? '')
  const abort = () => killGroup(child)
  signal?.addEventListener('abort', abort)
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 137))
  }).finally(() => signal?.removeEventListener('abort', abort))
  if (signal?.aborted) throw new AgentMachinesError('EXEC_ABORTED')
  return {
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr),
    exitCode,
    timedOut: false,
    truncated: false,
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // The group may have ended by itself in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function attachTo(child: ChildProcess, { signal }: Pick<ExecCommand, 'signal'> = {}): Attachment {
  child.stdin?.on('error', () => undefined)
  const kill = () => killGroup(child)
  signal?.addEventListener('abort', kill)
  return {
    output: readOutput(child, kill),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (child.stdin?.writable) child.stdin.write(bytes, (error) => (error ? reject(error) : resolve()))
        else reject(new Error('the command is gone'))
      }),
    end: async () => {
      child.stdin?.end()
    },
    close: async () => kill(),
  }
}

async function* readOutput(child: ChildProcess, kill: () => void): AsyncGenerator<ExecEvent> {
  const exit = new Promise<number>((resolve) => {
    child.on('exit', (code) => resolve(code ?? 137))
    child.on('error', () => resolve(127))
  })
  try {
    for await (const bytes of child.stdout ?? []) yield { kind: 'stdout', bytes }
    yield { kind: 'exit', exitCode: await exit, timedOut: false }
  } finally {
    kill()
  }
}
