/**
 * A piece of shell script, written as it will stand in the file.
 *
 * A parameter expansion in braces is written `$\{name}`, since a template literal would take the braces for
 * its own; every other backslash stays.
 */
export function sh(text: TemplateStringsArray): string {
  return (text.raw[0] ?? '').replaceAll('$\\{', '${')
}
