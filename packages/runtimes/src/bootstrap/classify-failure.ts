import type { BootstrapPhase } from '@agent-machines/core'
import { permanentFailure } from './runner-script.ts'

/** How a phase ended, as the runner and the log tell it. */
export interface PhaseFailure {
  readonly exitCode: number
  /** The time limit was reached. */
  readonly expired: boolean
  /** The log of the last attempt. */
  readonly log: string
}

type PhaseError = NonNullable<BootstrapPhase['error']>

/** Lines of the log that go with an error. */
const keptLines = 20

interface Rule {
  readonly pattern: RegExp
  readonly category: PhaseError['category']
  readonly transient: boolean
  readonly message: string
}

/** The first rule that matches decides, so causes stand before what follows from them. */
const rules: readonly Rule[] = [
  {
    pattern: /No space left on device|the disk is full|ENOSPC|Disk quota exceeded|EDQUOT/i,
    category: 'substrate',
    transient: false,
    message: 'The disk of the machine is full.',
  },
  {
    pattern: /EINTEGRITY|integrity checksum failed|DO NOT MATCH THE HASHES/i,
    category: 'network',
    transient: false,
    message: 'The registry served other bytes than the ones that are pinned.',
  },
  {
    pattern: /the wrong version was installed/,
    category: 'ours',
    transient: false,
    message: 'The installed version is not the pinned one.',
  },
  {
    pattern: /\bE404\b|ETARGET|No matching version found/,
    category: 'configuration',
    transient: false,
    message: 'The registry does not have the pinned version.',
  },
  {
    pattern:
      /\bE40[13]\b|Authentication failed|could not read Username|Permission denied \(publickey|terminal prompts disabled/,
    category: 'configuration',
    transient: false,
    message: 'Access was refused.',
  },
  {
    pattern:
      /has no branch, tag or commit|Repository not found|does not appear to be a git repository|repository '.*' (not found|does not exist)/,
    category: 'configuration',
    transient: false,
    message: 'The repository or the branch, tag or commit is not there.',
  },
  {
    pattern:
      /Could not resolve host|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|Connection (refused|timed out|reset)|Failed to connect|network (timeout|is unreachable)|unexpected disconnect|early EOF|\bE50[0-9]\b|SELF_SIGNED_CERT|certificate verify failed|unable to get local issuer/i,
    category: 'network',
    transient: true,
    message: 'A server could not be reached.',
  },
  {
    // pip says it of a registry that it cannot reach, too.
    pattern: /No matching distribution found/,
    category: 'configuration',
    transient: false,
    message: 'The registry does not have the pinned version.',
  },
  {
    pattern: /Cannot allocate memory|out of memory|ENOMEM|Resource temporarily unavailable|\bEAGAIN\b/i,
    category: 'substrate',
    transient: true,
    message: 'The machine ran out of memory or processes.',
  },
  {
    pattern: /Read-only file system|EROFS/,
    category: 'substrate',
    transient: false,
    message: 'The disk of the machine cannot be written to.',
  },
  {
    pattern: /is not installed (on th(is|e) machine|where runtimes are installed)|no build for /,
    category: 'substrate',
    transient: false,
    message: 'The machine lacks a program that is needed.',
  },
]

/**
 * Says whose a failure is and whether another try can help.
 *
 * What no rule knows is ours: a phase is our program, and a failure it does not explain is a defect of it.
 */
export function classifyFailure(failure: PhaseFailure): PhaseError {
  const log = lastLines(failure.log)
  const rule = rules.find((each) => each.pattern.test(failure.log))
  if (rule)
    return { category: rule.category, transient: rule.transient, message: sentence(rule.message, log), log }
  if (failure.expired) {
    return { category: 'network', transient: true, message: 'It did not finish within its time limit.', log }
  }
  if (failure.exitCode === 137) {
    return { category: 'substrate', transient: true, message: 'It was killed, most likely for memory.', log }
  }
  if (failure.exitCode === permanentFailure) {
    return {
      category: 'configuration',
      transient: false,
      message: sentence('It cannot work like this.', log),
      log,
    }
  }
  return {
    category: 'ours',
    transient: true,
    message: sentence(`It ended with exit code ${failure.exitCode}.`, log),
    log,
  }
}

/** The general sentence, and the last thing the log said. */
function sentence(message: string, log: readonly string[]): string {
  const last = log.at(-1)?.trim()
  return last ? `${message} ${last}` : message
}

function lastLines(log: string): string[] {
  return log
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1).trimEnd())
    .filter((line) => line !== '')
    .slice(-keptLines)
}
