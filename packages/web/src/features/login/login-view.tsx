import { isAgentMachinesError } from '@agent-machines/core'
import { CopyButton } from '../../components/copy-button.tsx'
import { Failure } from '../../components/failure.tsx'
import { Mark } from '../../components/mark.tsx'

export interface LoginViewProps {
  readonly face: 'signed-out' | 'checking' | 'refused' | 'ended'
  readonly error: unknown
}

const sentences: Readonly<Record<LoginViewProps['face'], string>> = {
  'signed-out':
    'A one-time link opens the dashboard in this browser. It is printed where Agent Machines runs.',
  checking: 'Checking the link…',
  refused: 'Each link works once and for a short time. A fresh one takes a second.',
  ended: 'Your session ended. A fresh link brings you back to where you were.',
}

export function LoginView({ face, error }: LoginViewProps) {
  return (
    <main className="page" id="main">
      <div className="hero">
        <p className="mark">
          <Mark waiting={false} />
          <span>Agent Machines</span>
        </p>
        <h1 className="mt-4">{titleOf(face, error)}</h1>
        <p role="status">{sentences[face]}</p>
        {error !== null && !isAgentMachinesError(error, 'LOGIN_TOKEN_REFUSED') && (
          <div className="mt-5">
            <Failure error={error} what="Signing in did not work." />
          </div>
        )}
        {face !== 'checking' && <Instructions />}
      </div>
    </main>
  )
}

function titleOf(face: LoginViewProps['face'], error: unknown): string {
  if (face === 'ended') return 'Sign in again'
  if (face === 'checking') return 'Signing in'
  return isAgentMachinesError(error, 'LOGIN_TOKEN_REFUSED') ? 'This link is used up or too old' : 'Sign in'
}

function Instructions() {
  return (
    <ol className="panel choices">
      <li>
        <div>
          <b>Print a fresh link</b>
          <p className="text-ink-2">In a shell on the computer that runs Agent Machines</p>
        </div>
        <code className="mono">am login</code>
        <CopyButton text="am login" />
      </li>
      <li>
        <div>
          <b>Open it in this browser</b>
          <p className="text-ink-2">It starts with {location.origin}/login</p>
        </div>
      </li>
    </ol>
  )
}
