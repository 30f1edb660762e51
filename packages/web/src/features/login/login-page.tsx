import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSignIn } from '../../queries/session.ts'
import { rememberReturn, takeLoginToken, takeReturn } from '../../session/login-token.ts'
import { LoginView } from './login-view.tsx'

export function LoginPage() {
  const search = useSearch({ from: '/login' })
  const navigate = useNavigate()
  const { mutate, error, isPending, isIdle } = useSignIn()
  const from = search.return
  useEffect(() => {
    document.title = 'Sign in'
    if (from !== undefined) rememberReturn(from, Date.now())
    const signIn = () => {
      const token = takeLoginToken(location, history)
      if (!token) return
      mutate(token, {
        onSuccess: () => {
          navigate({ href: takeReturn(Date.now()), replace: true }).catch(reportError)
        },
      })
    }
    signIn()
    addEventListener('hashchange', signIn)
    return () => removeEventListener('hashchange', signIn)
  }, [mutate, navigate, from])
  const face = isPending ? 'checking' : error ? 'refused' : isIdle && search.ended ? 'ended' : 'signed-out'
  return <LoginView face={face} error={error} />
}
