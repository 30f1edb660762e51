import { type DoctorFinding, examine } from '@agent-machines/control-plane'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printResult } from '../output/output.ts'

const marks = { ok: '✓', warn: '!', fail: '✗' } as const

/** Prints what could keep machines from running here; exit code 1 when something does. */
export async function doctor({ environment, io }: CliContext, options: OutputOptions): Promise<number> {
  const { dataDirectory, url, apiKey, variables } = environment
  const findings = await examine({ dataDirectory, url, apiKey, variables, packageFrom: [import.meta.url] })
  await printResult(io, options, findings, () => findings.map(textOf).join('\n'))
  return findings.some(({ state }) => state === 'fail') ? 1 : 0
}

function textOf({ state, label, message, fix }: DoctorFinding): string {
  return [`${marks[state]} ${label}: ${message}`, ...(fix ? [`    ${fix}`] : [])].join('\n')
}
