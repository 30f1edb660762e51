import { describe, expect, it } from 'vitest'
import { AgentMachinesError, isAgentMachinesError } from './agent-machines-error.ts'
import { errorCatalog } from './error-catalog.ts'
import { fromProblem, toProblem } from './problem.ts'

describe('toProblem', () => {
  it('answers with everything a person or a program needs', () => {
    const error = new AgentMachinesError('INPUT_GAP', 'Input 4 is missing.', { details: { expected: 4 } })

    expect(toProblem(error, 'r1')).toMatchObject({
      status: 409,
      code: 'INPUT_GAP',
      detail: 'Input 4 is missing.',
      hint: errorCatalog.INPUT_GAP.hint,
      retry: 'after-fix',
      requestId: 'r1',
      expected: 4,
    })
  })

  it('says what is wrong with an invalid request, in `errors` too', () => {
    const field = { path: 'name', message: 'too long' }
    const [plain, named] = [{}, { details: { errors: [field] } }].map((options) =>
      toProblem(new AgentMachinesError('REQUEST_INVALID', 'No.', options), 'r1'),
    )

    expect(plain).toMatchObject({ errors: [{ path: '', message: 'No.' }] })
    expect(named).toMatchObject({ errors: [field] })
  })

  it('never lets a detail replace a standard member', () => {
    const error = new AgentMachinesError('INTERNAL', 'x', { details: { status: 200, code: 'FINE' } })

    expect(toProblem(error, 'r1')).toMatchObject({ status: 500, code: 'INTERNAL' })
  })
})

describe('fromProblem', () => {
  it('gives back the error the problem was made from', () => {
    const error = new AgentMachinesError('CONSOLE_NOT_DRIVER', 'Other drives.', { details: { driver: null } })

    const back = fromProblem(toProblem(error, 'r1'))

    expect(isAgentMachinesError(back, 'CONSOLE_NOT_DRIVER')).toBe(true)
    expect(back.message).toBe('Other drives.')
    expect(back.details).toMatchObject({ driver: null })
  })

  it('takes a code of a newer version as an internal error', () => {
    const problem = { ...toProblem(new AgentMachinesError('INTERNAL'), 'r1'), code: 'FROM_THE_FUTURE' }

    expect(fromProblem(problem).code).toBe('INTERNAL')
  })
})

describe('errorCatalog', () => {
  it.each(Object.entries(errorCatalog))(
    '%s says what happened and what to do, in sentences',
    (_code, entry) => {
      expect(entry.title).toMatch(/^[A-Z].*\.$/)
      expect(entry.hint).toMatch(/^[A-Z].*\.$/)
      expect(entry.status).toBeGreaterThanOrEqual(400)
    },
  )
})
