import { quote } from '@agent-machines/core'

/** A member that a JSON file of the runtime must have. */
export interface JsonMember {
  /** Name of the object or array it belongs to, wherever that stands; null for the outermost object. */
  readonly parent: string | null
  /** The text after the opening bracket: `"name":value` in an object, `value` in an array. */
  readonly member: string
  /** The member counts as there when this text is in the file. */
  readonly present: string
}

/**
 * POSIX shell that adds the members that `path` lacks, and touches nothing else in it.
 *
 * It works on the text with awk, since a machine need not have a JSON tool; where Debian's alternatives are not
 * seen, awk is there under its real name only. A member that is there, with
 * whatever value, is the user's or the runtime's and stays. Members come through a file, `from`, since one may
 * hold a part of a key; the result replaces the file in one step.
 */
export function addJsonMembers(path: string, from: string): string {
  return `if [ -s ${quote(path)} ]; then
  for awk in awk mawk gawk original-awk 'busybox awk'; do command -v \${awk%% *} >/dev/null && break; done
  $awk ${quote(awkProgram)} ${quote(from)} ${quote(path)} >${quote(`${path}.am-new`)} || exit 1
  if [ -s ${quote(`${path}.am-new`)} ]; then mv -f ${quote(`${path}.am-new`)} ${quote(path)}; else rm -f ${quote(`${path}.am-new`)}; fi
fi`
}

/** The `from` file: one member a line, its three parts apart by tabs. */
export function renderJsonMembers(members: readonly JsonMember[]): string {
  return members.map((each) => `${each.parent ?? ''}\t${each.present}\t${each.member}\n`).join('')
}

const awkProgram = `
FNR == NR { split($0, part, "\\t"); count++; parent[count] = part[1]; present[count] = part[2]; member[count] = part[3]; next }
{ text = text $0 "\\n" }
function opening(name,   at, rest) {
  if (name == "") return index(text, "{")
  at = index(text, "\\"" name "\\"")
  if (!at) return 0
  at += length(name) + 2
  rest = substr(text, at)
  if (!match(rest, /^[ \\t\\n]*:[ \\t\\n]*[{[]/)) return 0
  return at + RLENGTH - 1
}
END {
  for (i = 1; i <= count; i++) {
    if (index(text, present[i])) continue
    at = opening(parent[i])
    if (!at) continue
    tail = substr(text, at + 1)
    comma = match(tail, /^[ \\t\\n]*[]}]/) ? "" : ","
    text = substr(text, 1, at) member[i] comma tail
    changed = 1
  }
  if (changed) printf "%s", text
}`
