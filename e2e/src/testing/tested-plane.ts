import { afterAll, beforeAll } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { type ControlPlaneProcess, removeControlPlane, startControlPlane } from './control-plane-process.ts'

export interface TestedPlane {
  readonly plane: ControlPlaneProcess
  readonly model: ModelServer
}

/** For all tests of a file: a control plane, and a model server, which agents ask by native keys unless told. */
export function testedPlane({ hasKeys = true } = {}): TestedPlane {
  const started: { plane?: ControlPlaneProcess; model?: ModelServer } = {}
  beforeAll(async () => {
    started.model = await startModelServer()
    const { url } = started.model
    started.plane = await startControlPlane({
      environment: hasKeys ? nativeKeys(url) : {},
    })
  })
  afterAll(async () => {
    if (started.plane) await removeControlPlane(started.plane)
    await started.model?.close()
  })
  return {
    get plane() {
      if (!started.plane) throw new Error('the control plane was not started')
      return started.plane
    },
    get model() {
      if (!started.model) throw new Error('the model server was not started')
      return started.model
    },
  }
}

/** The environment in which both vendors' own sources are the model server. */
export function nativeKeys(url: string): Record<string, string> {
  return {
    ANTHROPIC_API_KEY: 'sk-ant-tested',
    ANTHROPIC_BASE_URL: url,
    OPENAI_API_KEY: 'sk-tested',
    OPENAI_BASE_URL: `${url}/v1`,
  }
}
