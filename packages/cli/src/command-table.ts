import type { Command, Option } from 'commander'
import { registerUp } from './commands/register-up.ts'
import type { CliContext } from './context/cli-context.ts'
import { createProgram } from './program.ts'

export interface DescribedOption {
  readonly flags: string
  readonly description: string
  readonly required: boolean
}

export interface DescribedCommand {
  /** As typed after `am`, arguments included. */
  readonly usage: string
  readonly description: string
  readonly options: readonly DescribedOption[]
}

/** Every command of `am` with its options, for documents that are made from it. */
export function commandTable(): DescribedCommand[] {
  const program = createProgram({} as CliContext, () => {}, [registerUp])
  return program.commands.flatMap((command) =>
    command.commands.length > 0
      ? command.commands.map((each) => describe(each, `${command.name()} `))
      : [describe(command, '')],
  )
}

function describe(command: Command, prefix: string): DescribedCommand {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '…' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return {
    usage: [prefix + command.name(), ...words].join(' '),
    description: command.description(),
    options: command.options.map(describeOption),
  }
}

function describeOption(option: Option): DescribedOption {
  return { flags: option.flags, description: option.description, required: option.mandatory }
}
