import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromBase64, fromHex, toBase64, toBase64Anywhere, toBytes, toHex, toText } from './bytes.ts'
import { formatCursor, parseCursor } from './cursor.ts'
import { claim, claimLine, driverSize, releaseLine, requestLine, takeOver } from './driver-lines.ts'
import { hashOf } from './hashes.ts'
import { parseMessage } from './messages.ts'
import { normalizePaste } from './normalize-paste.ts'
import { unescapeOctal } from './notices.ts'
import { PenTracker } from './pen-tracker.ts'
import { captureLine, helloLine, pasteLine, resizeLine, typeLine } from './worker-lines.ts'

const bytes = fc.uint8Array({ maxLength: 300 })
const batch = { hash: hashOf('tab'), seq: 7, epoch: '3dcd7c6a9042' }

it('writes base64 and hex as everybody else does', () => {
  fc.assert(
    fc.property(bytes, (some) => {
      expect(toBase64Anywhere(some)).toBe(Buffer.from(some).toString('base64'))
      expect(toBase64(some)).toBe(toBase64Anywhere(some))
      expect(toBase64(some.subarray(1))).toBe(toBase64Anywhere(some.subarray(1)))
      expect(toHex(some)).toBe(Buffer.from(some).toString('hex'))
      expect(fromBase64(toBase64(some))).toEqual(some)
      expect(fromHex(toHex(some))).toEqual(some)
    }),
  )
})

it('undoes what control mode escapes', () => {
  fc.assert(
    fc.property(bytes, (some) => {
      const escaped = [...some].flatMap((byte) =>
        byte < 0x20 || byte === 0x5c ? [...toBytes(`\\${byte.toString(8).padStart(3, '0')}`)] : [byte],
      )
      expect(unescapeOctal(Uint8Array.from(escaped))).toEqual(some)
    }),
  )
})

it('reads its own cursors and no others', () => {
  const cursor = {
    console: hashOf('m1/agent'),
    epoch: '3dcd7c6a9042',
    log: '112139dec529',
    offset: 123_456_789,
  }

  expect(parseCursor(formatCursor(cursor))).toEqual(cursor)
  expect(formatCursor(cursor)).toMatch(/^[\x21-\x7e]{1,128}$/)
  for (const other of ['', 'x', '1.2.3.4', `${formatCursor(cursor)}.`, `${formatCursor(cursor)}\n`]) {
    expect(parseCursor(other)).toBeNull()
  }
})

it.each([
  ['a\r\nb\nc\rd', 'a\rb\rc\rd'],
  ['\n\n', '\r\r'],
  ['x\x1b[201~y', 'xy'],
  ['x\x1b[20\x1b[201~1~y', 'xy'],
  ['\x1b[200~kept', '\x1b[200~kept'],
])('pastes %j as %j', (text, pasted) => {
  expect(toText(normalizePaste(toBytes(text)))).toBe(pasted)
})

it('fits every line through the relay: one write, one line', () => {
  const claimant = { hash: batch.hash, client: 'c'.repeat(64), label: 'it\'s "a" label\n🦀 #{x}' }
  const lines = [
    typeLine(batch, new Uint8Array(1024).fill(0x27)),
    pasteLine(batch, '/home/agent/.agent-machines/console/agent/paste.x', 'am-x'),
    resizeLine(batch, 500, 200),
    claimLine(claimant),
    requestLine('0123456789abcdef', [
      claim(claimant),
      takeOver(claimant),
      takeOver(claimant, null),
      takeOver(claimant, { hash: 'ffffffffffffffff', since: 1795000000 }),
      driverSize(batch.hash, 500, 200),
    ]),
    helloLine('n', batch.hash),
    releaseLine,
    captureLine(5000),
  ]

  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(4000)
    expect(line).toMatch(/^[\x20-\x7e]+$/)
  }
})

it('types at most 256 bytes per command, all under one comparison', () => {
  const line = typeLine({ ...batch, seq: 1 }, new Uint8Array(600))

  expect(line.match(/send-keys -H (00 ?)+/g)?.map((command) => command.match(/00/g)?.length)).toEqual([
    256, 256, 88,
  ])
  expect(line).toContain(`,/3dcd7c6a9042/${batch.hash}/0/0}`)
})

it('reads acknowledgements, refusals and drivers', () => {
  const who = toHex(toBytes(JSON.stringify(['tab', 'Étiquette'])))
  const driver = {
    hash: 'h',
    driver: { client: 'tab', label: 'Étiquette', since: '2026-11-23T00:00:00.000Z' },
  }

  expect(parseMessage('am:ack|h|7|e')).toEqual({ kind: 'ack', hash: 'h', seq: 7, epoch: 'e' })
  expect(parseMessage(`am:driver|h|${who}|1795392000`)).toEqual({ kind: 'driver', driver })
  expect(parseMessage('am:driver|||')).toEqual({ kind: 'driver', driver: null })
  expect(parseMessage(`am:nack|x|9||e|h|0|0|${who}|1795392000`)).toEqual({
    kind: 'nack',
    hash: 'x',
    seq: 9,
    acked: 0,
    epoch: 'e',
    driver,
    dead: false,
    inMode: false,
  })
  expect(parseMessage('am:later-version|1')).toBeNull()
})

it('reads signals, and no title unless the runtime uses it', () => {
  const line = (title: 0 | 1) =>
    `am:signals|1795392000|${title}|running|42|-|2026-11-23T00:00:00Z|612e6a|2026-11-23T00:00:01Z|7b7d|a|b`
  const read = (text: string) => {
    const message = parseMessage(text)
    return message?.kind === 'signals' ? message.signals.signals : null
  }

  expect(read(line(1))).toEqual({
    process: { state: 'running', pid: 42, exitCode: null, since: '2026-11-23T00:00:00Z' },
    file: { path: 'a.j', content: '{}', changedAt: '2026-11-23T00:00:01Z' },
    title: 'a|b',
    observedAt: '2026-11-23T00:00:00.000Z',
  })
  expect(read(line(0))?.title).toBeNull()
  expect(read('am:signals|1795392000|0|||||||')).toMatchObject({ process: null, file: null, title: null })
  expect(parseMessage('am:signals|1795392000|')).toBeNull()
})

it('reads what the chat gateway does, and nothing of what it does not know', () => {
  expect(parseMessage('am:gateway|ready 18789 2026-11-23T00:00:00Z ')).toEqual({
    kind: 'gateway',
    gateway: { state: 'ready', port: 18_789, since: '2026-11-23T00:00:00Z' },
  })
  expect(parseMessage('am:gateway|down 0 2026-11-23T00:00:00Z It ended with exit code 1.')).toEqual({
    kind: 'gateway',
    gateway: {
      state: 'down',
      port: null,
      since: '2026-11-23T00:00:00Z',
      detail: 'It ended with exit code 1.',
    },
  })
  expect(parseMessage('am:gateway|dreaming 1 2026-11-23T00:00:00Z')).toBeNull()
  expect(parseMessage('am:gateway|')).toBeNull()
})

it('follows pen, modes and character sets however the output is cut', () => {
  const output = toBytes('a\x1b[?2004;1004hb\x1b[1;31mc\x1b[0;4md\x1b(0\x0ex\x1b[3;9H€').slice(0, -1)
  const whole = new PenTracker()
  whole.push(output)

  const { restore, partial } = whole.untold()
  expect(restore).toBe('\x1b[?2004h\x1b[?1004h\x1b[0m\x1b[4m\x1b(0\x0e')
  expect(partial).toEqual(toBytes('€').slice(0, 2))
  for (let cut = 0; cut <= output.length; cut++) {
    const tracker = new PenTracker()
    tracker.push(output.subarray(0, cut))
    tracker.push(output.subarray(cut))
    expect(tracker.untold()).toEqual(whole.untold())
  }
})

it.each([
  ['\x1b[31mred', true],
  ['\x1b[38;5;0mblack', true],
  ['\x1b[48;2;0;0;0mblack', true],
  ['\x1b[m', false],
  ['\x1b[31;0m', false],
  ['\x1b[0;31mred', false],
  ['\x1bc', false],
  ['\x1b7\x1b[0m\x1b8', true],
  ['\x1b[0m\x1b7\x1b[31m\x1b8', false],
])('after output was lost, %j leaves the pen a guess: %s', (output, isGuess) => {
  const tracker = new PenTracker()
  tracker.preset('lost 2004h')

  tracker.push(toBytes(output))

  expect(tracker.isGuess).toBe(isGuess)
})
