import { type PlannedFile, quote } from '@agent-machines/core'
import { workFolder } from '../recipe/paths.ts'
import { splitGitAddress } from './git-address.ts'
import { permanentFailure } from './runner-script.ts'

const credentialsPath = '.agent-machines/state/git-credentials'

/** A repository to work on; its address may hold a credential. */
export interface Workspace {
  readonly git: string
  readonly ref?: string | undefined
}

/** The file that git takes the credential of the repository from, also later when the agent pushes. */
export function workspaceFiles(workspace: Workspace | null): PlannedFile[] {
  const credential = workspace && splitGitAddress(workspace.git).credential
  return credential ? [{ path: credentialsPath, content: credential, mode: 0o600 }] : []
}

/** Makes the folder the agent works in; with a repository, a clone of it that is whole or not there. */
export function workspaceScript(workspace: Workspace | null): string {
  if (!workspace) return `mkdir -p ${workFolder}`
  const { url, credential } = splitGitAddress(workspace.git)
  const helper = credential
    ? `--config ${quote(`credential.helper=store --file="$HOME/${credentialsPath}"`)} `
    : ''
  return `work=${workFolder}
partial=.agent-machines/bootstrap/clone
git=${quote(url)}
ref=${quote(workspace.ref ?? '')}
command -v git >/dev/null || { echo 'git is not installed on this machine.' >&2; exit ${permanentFailure}; }
export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND='ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o ConnectTimeout=20'
if [ -e "$work/.git" ]; then
  [ "$(git -C "$work" config --get remote.origin.url)" = "$git" ] && { echo "$git is there."; exit 0; }
  echo "The folder ~/$work holds another repository." >&2
  exit ${permanentFailure}
fi
if [ -e "$work" ] && ! rmdir "$work" 2>/dev/null; then
  echo "The folder ~/$work is not empty, so nothing is cloned into it." >&2
  exit ${permanentFailure}
fi
rm -rf "$partial"
git clone ${helper}-- "$git" "$partial" || exit 1
if [ -n "$ref" ]; then
  case $ref in -*) echo "'$ref' is not the name of a branch, tag or commit." >&2; exit ${permanentFailure} ;; esac
  git -C "$partial" checkout --quiet "$ref" -- || {
    echo "The repository has no branch, tag or commit '$ref'." >&2
    exit ${permanentFailure}
  }
fi
mv "$partial" "$work"`
}
