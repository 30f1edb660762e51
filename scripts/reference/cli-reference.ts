import { commandTable, type DescribedCommand } from '@agent-machines/cli/command-table'
import { code, generatedNote, table } from './markdown.ts'

export function cliReference(): string {
  const commands = commandTable()
  return `${generatedNote}
# Command line

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage; ${code('am exec')} exits as
the remote command does. ${code('<id>')} is an id, a name or an unambiguous beginning of an id.

${table(
  ['command', ''],
  commands.map(({ usage, description }) => [`[${code(`am ${usage}`)}](#${anchorOf(usage)})`, description]),
)}

${commands.map(section).join('\n')}`
}

function section({ usage, description, options }: DescribedCommand): string {
  const rows = options.map((option) => [
    code(option.flags),
    option.required ? `${option.description} (required)` : option.description,
  ])
  const listed = rows.length > 0 ? `\n${table(['option', ''], rows)}\n` : ''
  return `## am ${usage}\n\n${description}\n${listed}`
}

/** As hosts of Markdown make the anchor of a heading. */
function anchorOf(usage: string): string {
  return `am ${usage}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
}
