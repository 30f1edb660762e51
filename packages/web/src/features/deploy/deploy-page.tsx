import '../../styles/deploy.css'
import { useEffect, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { useGate } from '../../queries/catalogue.ts'
import { CredentialSheet } from '../settings/credential-sheet.tsx'
import { type Catalogue, choicesOf, type Picks } from './deploy-choices.ts'
import { commandOf, type DeployFields, requestOf } from './deploy-request.ts'
import { DeployView } from './deploy-view.tsx'
import { readLastDeploy } from './last-deploy.ts'
import { makeMachineName } from './machine-name.ts'
import { useCatalogue } from './use-catalogue.ts'
import { useDeploy } from './use-deploy.ts'

export function DeployPage() {
  const { catalogue, error, refetch } = useCatalogue()
  useEffect(() => {
    document.title = 'Deploy'
  }, [])
  if (catalogue) return <DeployForm catalogue={catalogue} />
  return (
    <main className="page deploy" id="main">
      <h1 className="page-title mb-4">Deploy a machine</h1>
      {error ? (
        <Failure error={error} what="What can be deployed could not be read." onRetry={refetch} />
      ) : (
        <Loading words="Asking what can be deployed…" rows={4} />
      )}
    </main>
  )
}

function DeployForm({ catalogue }: { catalogue: Catalogue }) {
  const [picks, setPicks] = useState<Omit<Picks, 'model'>>(readLastDeploy)
  const [fields, setFields] = useState<DeployFields>(startFields)
  const [credential, setCredential] = useState<string | null>(null)
  const choices = choicesOf(catalogue, { ...picks, model: fields.model })
  const { request, errors } = choices ? requestOf(choices.chosen, fields) : { request: null, errors: {} }
  const gate = useGate(
    request && {
      runtime: request.runtime,
      substrate: request.substrate,
      ...(request.upstream ? { upstream: request.upstream } : {}),
      ...(request.model ? { model: request.model } : {}),
    },
  )
  const { deploy, isPending, error } = useDeploy()
  if (!choices) {
    return (
      <main className="page deploy" id="main">
        <Failure
          error={new Error('The control plane lists no runtime or no substrate.')}
          what="Nothing can be deployed."
        />
      </main>
    )
  }
  return (
    <>
      <DeployView
        choices={choices}
        verdict={gate.data ?? choices.verdict}
        fields={fields}
        errors={errors}
        command={request && commandOf(request)}
        isPending={isPending}
        error={error}
        onPick={(pick) => setPicks((all) => ({ ...all, ...pick }))}
        onFields={(change) => setFields((all) => ({ ...all, ...change }))}
        onAddCredential={setCredential}
        onDeploy={() => request && deploy(request)}
      />
      {credential && (
        <CredentialSheet
          name={credential}
          credentials={catalogue.credentials}
          upstreams={catalogue.upstreams}
          onClose={() => setCredential(null)}
        />
      )}
    </>
  )
}

function startFields(): DeployFields {
  return {
    name: makeMachineName(Math.random),
    model: '',
    size: 'unlimited',
    isKeptLoaded: false,
    workspace: 'empty',
    git: '',
    ref: '',
    folder: '',
  }
}
