import type { SubstrateProblem } from '@agent-machines/core'
import type { HostTools, ToolName } from './host-tools.ts'

export interface IsolationFacts {
  readonly platform: string
  readonly tools: HostTools
  readonly asRoot: boolean
  /** Words of ID and ID_LIKE in os-release. */
  readonly distribution: string
  readonly inContainer: boolean
  /** Contents of the kernel's switches; null where there is none. */
  readonly apparmorRestrictsUserNamespaces: string | null
  readonly unprivilegedUserNamespaces: string | null
  readonly maxUserNamespaces: string | null
  /** First line that bubblewrap wrote; null when the trial sandbox did what it should, or had no tools. */
  readonly trialFailure: string | null
}

const packageOf: Readonly<Record<ToolName, string>> = {
  bwrap: 'bubblewrap',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  flock: 'util-linux',
  tmux: 'tmux',
}

export interface IsolationVerdict {
  readonly isolation: 'namespaces' | 'none'
  /** What stands in the way of machines; without a sandbox they are in order only where that was accepted. */
  readonly problems: readonly SubstrateProblem[]
}

/** Needed for a sandbox alone; without the others no machine works at all. */
const sandboxTools: ReadonlySet<ToolName> = new Set(['bwrap', 'nsenter'])

/** What machines get on this computer, what keeps them from it, and what lifts that. */
export function judgeIsolation(facts: IsolationFacts, allowUnisolated: boolean): IsolationVerdict {
  if (facts.platform !== 'linux') return { isolation: 'none', problems: [notLinux(facts.platform)] }
  const missing = (Object.keys(packageOf) as ToolName[]).filter((name) => facts.tools[name] === null)
  const sandboxed = facts.trialFailure === null && !missing.some((name) => sandboxTools.has(name))
  const accepted = !sandboxed && allowUnisolated
  const needed = accepted ? missing.filter((name) => !sandboxTools.has(name)) : missing
  return {
    isolation: sandboxed ? 'namespaces' : 'none',
    problems: [
      ...(needed.length === 0 ? [] : [missingTools(needed, facts)]),
      ...(accepted || facts.trialFailure === null ? [] : [forbidden(facts, facts.trialFailure)]),
    ],
  }
}

function notLinux(platform: string): SubstrateProblem {
  const name = platform === 'darwin' ? 'macOS' : platform
  return {
    message: `Local machines need Linux; ${name} has no namespaces, no /proc and no setpriv to run them with.`,
    fix: `Run Agent Machines in a Linux virtual machine${platform === 'darwin' ? ' (Lima, OrbStack or UTM make one)' : ''}, or choose another substrate.`,
  }
}

function missingTools(
  missing: readonly ToolName[],
  { distribution, asRoot }: Pick<IsolationFacts, 'distribution' | 'asRoot'>,
): SubstrateProblem {
  const packages = [...new Set(missing.map((name) => packageOf[name]))]
  return {
    message: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed.`,
    fix: `Run \`${installCommand(packages, distribution, asRoot)}\`.`,
  }
}

/** The command of the distribution's own package manager. */
export function installCommand(packages: readonly string[], distribution: string, asRoot: boolean): string {
  const sudo = asRoot ? '' : 'sudo '
  const words = new Set(distribution.split(/\s+/))
  const list = packages.join(' ')
  if (words.has('debian') || words.has('ubuntu')) return `${sudo}apt-get install -y ${list}`
  if (words.has('alpine')) return `${sudo}apk add ${list}`
  if (words.has('arch')) return `${sudo}pacman -S --needed ${list}`
  if (words.has('suse') || words.has('opensuse')) return `${sudo}zypper install -y ${list}`
  if (words.has('fedora') || words.has('rhel')) return `${sudo}dnf install -y ${list}`
  return `your package manager's install command for: ${list}`
}

function forbidden(facts: IsolationFacts, failure: string): SubstrateProblem {
  if (facts.inContainer) {
    return {
      message: `The container this runs in forbids user namespaces (Docker's default seccomp profile does): ${failure}`,
      fix: 'Start the container with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`.',
    }
  }
  if (facts.apparmorRestrictsUserNamespaces === '1') {
    return {
      message: `AppArmor forbids user namespaces to unprivileged programs (Ubuntu 23.10 and later): ${failure}`,
      fix: `Allow it to bubblewrap alone: ${apparmorProfileCommand}. Or for every program: \`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\`.`,
    }
  }
  if (facts.unprivilegedUserNamespaces === '0') {
    return {
      message: `The kernel forbids user namespaces to ordinary users: ${failure}`,
      fix: 'Run `sudo sysctl -w kernel.unprivileged_userns_clone=1`.',
    }
  }
  if (facts.maxUserNamespaces === '0') {
    return {
      message: `The kernel allows no user namespaces: ${failure}`,
      fix: 'Run `sudo sysctl -w user.max_user_namespaces=15000`.',
    }
  }
  return {
    message: `A trial sandbox did not do what it should: ${failure}`,
    fix: 'Run `bwrap --unshare-user --ro-bind / / true` to see why, or accept it with `am up --allow-unisolated`.',
  }
}

const apparmorProfileCommand =
  "`printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) {\\n  userns,\\n}\\n' | sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap`"
