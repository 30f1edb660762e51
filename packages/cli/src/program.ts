import { Command, Option } from 'commander'
import { collectPair, parseDollars, parseProtocols, parseSeconds, parseUrl } from './args/parsers.ts'
import type { CliContext } from './context/cli-context.ts'

/** Adds a command that lives elsewhere, such as `up`. `setExitCode` is for codes other than 0. */
export type CommandExtension = (
  program: Command,
  context: CliContext,
  setExitCode: (code: number) => void,
) => void

/**
 * The command line of `am`. Commands are loaded when they run, so that `am --help` and the others stay fast.
 */
export function createProgram(
  context: CliContext,
  setExitCode: (code: number) => void,
  extensions: readonly CommandExtension[],
): Command {
  const program = new Command('am')
    .description('Persistent machines for coding agents.')
    .exitOverride()
    .showHelpAfterError('Run with --help to see how.')
  for (const extend of extensions) extend(program, context, setExitCode)
  addFleetCommands(program, context, setExitCode)
  addMachineCommands(program, context)
  addRunCommands(program, context, setExitCode)
  addConsoleCommands(program, context, setExitCode)
  addCredentialCommands(program, context, setExitCode)
  return program
}

function addFleetCommands(program: Command, context: CliContext, setExitCode: (code: number) => void): void {
  withJson(program.command('down').description('Put all machines to sleep, or remove them.'))
    .option('--destroy', 'remove all machines and their files')
    .option('--yes', 'really remove them')
    .action(async (options) => setExitCode(await (await import('./commands/down.ts')).down(context, options)))
  withJson(program.command('login').description('Print a fresh one-time login link.')).action(
    async (options) => (await import('./commands/login.ts')).login(context, options),
  )
  withJson(program.command('deploy').description('Create a machine; prints its id.'))
    .requiredOption('--runtime <runtime>', 'what runs on it: shell, claude-code, codex …')
    .requiredOption('--substrate <substrate>', 'where it runs: local …')
    .option('--upstream <upstream>', 'where models come from')
    .option('--model <model>', 'which model')
    .option('--preset <preset>', 'a named bundle')
    .option('--name <name>', 'its name')
    .option('--git <url>', 'repository to work on')
    .option('--ref <ref>', 'branch, tag or commit of it')
    .option('--host-path <directory>', 'folder of this computer to work on')
    .option('--env <name=value>', 'environment variable; may be repeated', collectPair)
    .option('--gateway', 'keep its chat gateway running')
    .option('--label <name=value>', 'label; may be repeated', collectPair)
    .option('--idempotency-key <key>', 'the same key never makes a second machine')
    .option('--wait', 'until it is ready, showing the phases')
    .action(async (options) => (await import('./commands/deploy.ts')).deploy(context, options))
  withJson(program.command('list').description('List machines, newest first.'))
    .option('--all', 'destroyed ones too')
    .action(async (options) => (await import('./commands/list.ts')).list(context, options))
  withJson(program.command('doctor').description('Check what machines need on this computer.')).action(
    async (options) => setExitCode(await (await import('./commands/doctor.ts')).doctor(context, options)),
  )
}

function addMachineCommands(program: Command, context: CliContext): void {
  withJson(program.command('status [id]').description('About a machine, or the control plane.')).action(
    async (id, options) => (await import('./commands/status.ts')).status(context, id, options),
  )
  withJson(program.command('logs <id>').description('Show how the machine was set up.'))
    .option('-f, --follow', 'until that is over')
    .action(async (id, options) => (await import('./commands/logs.ts')).logs(context, id, options))
  for (const action of ['wake', 'sleep'] as const) {
    withJson(program.command(`${action} <id>`).description(`Make the machine ${action}.`))
      .option('--no-wait', 'only ask for it')
      .action(async (id, options) =>
        (await import('./commands/wake-or-sleep.ts')).wakeOrSleep(action, context, id, options),
      )
  }
  withJson(
    program
      .command('reload <id>')
      .description('Set a machine up as it shall be by now; its agent starts anew in its conversation.'),
  )
    .option('--runtime [version]', 'with this version of its runtime, or the newest')
    .option('--no-wait', 'only ask for it')
    .action(async (id, options) => (await import('./commands/reload.ts')).reload(context, id, options))
  withJson(
    program
      .command('gateway <id> <on|off>')
      .description('Keep the agent loaded for messages with its chat gateway, or no longer.'),
  ).action(async (id, wanted, options) =>
    (await import('./commands/gateway.ts')).gateway(context, id, wanted, options),
  )
  withJson(program.command('destroy <id>').description('Remove a machine and its files.'))
    .option('--yes', 'really remove it')
    .action(async (id, options) => (await import('./commands/destroy.ts')).destroy(context, id, options))
}

function addRunCommands(program: Command, context: CliContext, setExitCode: (code: number) => void): void {
  withJson(
    program.command('run <id> <task>').description('Give its agent a task; `-` reads the task from stdin.'),
  )
    .option('--allow-all', 'let the agent do everything without asking, in this run')
    .option('--session <session>', 'go on with the conversation of an earlier run')
    .option('--model <model>', "another model than the machine's")
    .option('--timeout <seconds>', 'end it after that; an hour unless given', parseSeconds)
    .option('--budget <dollars>', 'stop when it has cost that much', parseDollars)
    .option('--idempotency-key <key>', 'the same key never makes a second run')
    .option('--detach', 'print its id and leave it running')
    .addHelpText(
      'after',
      '\nExits 0 done, 1 failed, 3 limit reached, 4 budget reached, 124 timed out, 130 cancelled. Ctrl-C cancels.',
    )
    .action(async (id, task, options) =>
      setExitCode(await (await import('./commands/run.ts')).run(context, id, task, options)),
    )
  withJson(
    program
      .command('chat <id> <message>')
      .description('Say something to its agent and read what it answers; `-` reads the message from stdin.'),
  )
    .option('--new', 'in a new conversation, not in the last one')
    .option('--session <session>', 'in this conversation')
    .option('--allow-all', 'let the agent do everything without asking, for this message')
    .option('--timeout <seconds>', 'end it after that; an hour unless given', parseSeconds)
    .addHelpText('after', '\nExits as `am run` does. Ctrl-C cancels.')
    .action(async (id, message, options) =>
      setExitCode(await (await import('./commands/run.ts')).chat(context, id, message, options)),
    )
  withJson(program.command('runs <id>').description('List the runs of a machine, newest first.')).action(
    async (id, options) => (await import('./commands/runs.ts')).runs(context, id, options),
  )
  withJson(program.command('cancel <id> <run>').description('End a run and everything it started.')).action(
    async (id, runId, options) => (await import('./commands/runs.ts')).cancelRun(context, id, runId, options),
  )
}

function addConsoleCommands(
  program: Command,
  context: CliContext,
  setExitCode: (code: number) => void,
): void {
  const session = () => new Option('--session <name>', 'another console of the machine')
  withJson(program.command('attach <id>').description('Its console in this terminal; Ctrl-] detaches.'))
    .addOption(session())
    .option('--watch', 'without typing')
    .option('--launch', 'start the agent if it does not run')
    .action(async (id, options) =>
      setExitCode(await (await import('./commands/attach.ts')).attach(context, id, options)),
    )
  withJson(program.command('shell <id>').description('A shell beside the agent; Ctrl-] detaches.'))
    .option('--watch', 'without typing')
    .action(async (id, options) => {
      const { attach } = await import('./commands/attach.ts')
      setExitCode(await attach(context, id, { ...options, session: 'shell' }))
    })
  withJson(program.command('exec <id> <command...>').description('Run a command; exits as it does.'))
    .usage('[options] <id> -- <command...>')
    .option('--cwd <directory>', 'where to run it')
    .option('--env <name=value>', 'environment variable; may be repeated', collectPair)
    .option('--timeout <seconds>', 'end it after that, with exit code 124', parseSeconds)
    .option('--stdin', 'wait for standard input, however long it is silent')
    .option('-n, --no-stdin', 'do not read standard input')
    .addHelpText(
      'after',
      '\nOne word is run by the shell as it stands; several are a program and its arguments.',
    )
    .action(async (id, words, options) =>
      setExitCode(await (await import('./commands/exec.ts')).exec(context, id, words, options)),
    )
}

function addCredentialCommands(
  program: Command,
  context: CliContext,
  setExitCode: (code: number) => void,
): void {
  const credentials = program.command('credentials').description('Keys of upstreams and substrates.')
  withJson(credentials.command('list').description('Which are set; never their values.')).action(
    async (options) => (await import('./commands/credentials.ts')).listCredentials(context, options),
  )
  withJson(credentials.command('set <name>').description('Store a value from standard input or a prompt.'))
    .option('--base-url <url>', 'address of a compatible service', parseUrl)
    .option('--protocols <list>', 'what that service speaks', parseProtocols)
    .action(async (name, options) =>
      (await import('./commands/credentials.ts')).setCredential(context, name, options),
    )
  withJson(
    credentials.command('check <name>').description('Ask an upstream, at no cost, whether it takes its key.'),
  ).action(async (name, options) =>
    setExitCode(await (await import('./commands/credentials.ts')).checkCredential(context, name, options)),
  )
  withJson(credentials.command('remove <name>').description('Forget a stored value.')).action(
    async (name, options) =>
      (await import('./commands/credentials.ts')).removeCredential(context, name, options),
  )
}

function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON')
}
