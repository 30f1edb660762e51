// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest'
import { rememberReturn, returnPathOf, takeReturn } from './login-token.ts'

beforeEach(() => localStorage.clear())

describe('returnPathOf', () => {
  it.each(['/dashboard', '/dashboard?filter=otter', '/dashboard/machines/m1/terminal?session=shell'])(
    'goes to %s',
    (path) => {
      expect(returnPathOf(path)).toBe(path)
    },
  )

  it.each(['https://elsewhere.example', '//elsewhere.example', '/dashboardx', '/login', undefined, 7])(
    'goes to the beginning instead of %s',
    (value) => {
      expect(returnPathOf(value)).toBe('/dashboard')
    },
  )
})

describe('takeReturn', () => {
  it('is where somebody was, in whichever tab the link is opened, and once', () => {
    rememberReturn('/dashboard/machines/m1', 1000)

    expect(takeReturn(2000)).toBe('/dashboard/machines/m1')
    expect(takeReturn(2000)).toBe('/dashboard')
  })

  it('is forgotten after an hour', () => {
    rememberReturn('/dashboard/machines/m1', 0)

    expect(takeReturn(3_600_000)).toBe('/dashboard')
  })
})
