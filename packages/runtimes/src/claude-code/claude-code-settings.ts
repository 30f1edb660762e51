import { type PlannedFile, quote } from '@agent-machines/core'
import { addJsonMembers, type JsonMember, renderJsonMembers } from '../recipe/add-json-member.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'

const seeds = '.agent-machines/state/claude-code'

/** Length of the end of a key by which the CLI remembers that it may be used. */
const approvalLength = 20

/**
 * What the CLI must find so that its first screen is the prompt: onboarded, the folder trusted, the key approved.
 *
 * The CLI rewrites `.claude.json` while it runs and people edit `settings.json`, so both are written only when
 * absent; later only members that are missing are added.
 */
export function claudeCodeSeeds(context: AgentContext): { files: PlannedFile[]; script: string } {
  const trust = `${JSON.stringify(context.workDirectory)}:{"hasTrustDialogAccepted":true}`
  const approved = keyApproval(context)
  const state: readonly JsonMember[] = [
    rootMember('hasCompletedOnboarding', 'true'),
    // These two keep the CLI from offering another permission mode on its first start.
    rootMember('hasSeenAutoDefaultNudge', 'true'),
    rootMember('hasResetAutoModeOptInForDefaultOffer', 'true'),
    rootMember('projects', '{}'),
    { parent: 'projects', member: trust, present: `${JSON.stringify(context.workDirectory)}` },
    rootMember('customApiKeyResponses', '{"approved":[],"rejected":[]}'),
    ...(approved ? [{ parent: 'approved', member: approved, present: approved }] : []),
  ]
  const settings: readonly JsonMember[] = [
    rootMember('permissions', '{"defaultMode":"default"}'),
    rootMember('skipAutoPermissionPrompt', 'true'),
  ]
  return {
    files: [
      { path: `${seeds}/state-members`, content: renderJsonMembers(state), mode: 0o600 },
      { path: `${seeds}/settings-members`, content: renderJsonMembers(settings), mode: 0o600 },
    ],
    script: [
      'umask 077',
      'mkdir -p .claude',
      emptyObjectIfAbsent('.claude.json'),
      addJsonMembers('.claude.json', `${seeds}/state-members`),
      emptyObjectIfAbsent('.claude/settings.json'),
      addJsonMembers('.claude/settings.json', `${seeds}/settings-members`),
    ].join('\n'),
  }
}

function rootMember(name: string, value: string): JsonMember {
  return { parent: null, member: `"${name}":${value}`, present: `"${name}"` }
}

/** The JSON text of the key's end, or null when no key is asked about. */
function keyApproval({ upstream }: AgentContext): string | null {
  if (!upstream?.key || !usesNativeKey(upstream.id)) return null
  return JSON.stringify(upstream.key.slice(-approvalLength))
}

/** The vendor's own keys travel as `x-api-key`, those of any other endpoint as a bearer token. */
export function usesNativeKey(upstreamId: string): boolean {
  return upstreamId === 'anthropic'
}

function emptyObjectIfAbsent(path: string): string {
  return `[ -s ${quote(path)} ] || printf '{}\\n' >${quote(path)}`
}
