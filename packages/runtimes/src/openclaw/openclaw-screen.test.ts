import { expect, it } from 'vitest'
import { openClawContentOf } from './openclaw-screen.ts'

it.each([' local ready | idle', ' ⠸ streaming • 4s | local ready'])(
  'leaves out the status bar and the input box: %s',
  (bar) => {
    const frame = [
      bar,
      ' agent main | session main | gpt-test | tokens 10/128k (0%)',
      '────',
      'typed',
      '────',
    ]

    expect(openClawContentOf(['ANSWER[hello]', 'Understood.', ...frame])).toEqual([
      'ANSWER[hello]',
      'Understood.',
    ])
  },
)

it('keeps a screen without them', () => {
  expect(openClawContentOf(['OpenClaw 2026.9.6'])).toEqual(['OpenClaw 2026.9.6'])
})
