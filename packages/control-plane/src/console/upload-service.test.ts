import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uploadName } from './upload-service.ts'

describe('uploadName', () => {
  const cases: [string, string][] = [
    ['screenshot.png', 'screenshot-1a.png'],
    ['../../etc/passwd', 'passwd-1a'],
    ['C:\\\\Users\\\\me\\\\My Photo (1).JPG', 'My-Photo-1--1a.JPG'],
    ['.bashrc', 'bashrc-1a'],
    ["a'b$(x).txt", 'a-b-x--1a.txt'],
    ['写真.png', '写真-1a.png'],
    ['...', 'file-1a'],
    ['', 'file-1a'],
  ]
  for (const [name, expected] of cases) {
    it(`makes ${expected} of ${name || 'nothing'}`, () => {
      expect(uploadName(name, '1a')).toBe(expected)
    })
  }

  it('is one segment a shell takes as it is, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const made = uploadName(name, '1a')

        expect(made).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u)
        expect(Buffer.byteLength(made)).toBeLessThanOrEqual(255)
      }),
    )
  })
})
