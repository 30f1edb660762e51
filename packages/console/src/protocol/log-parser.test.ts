import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBytes, toText } from './bytes.ts'
import { type LogItem, LogParser } from './log-parser.ts'

const screen = [
  '%begin 9 20 1',
  'am:snap|1000|1|3|80|0',
  '%end 9 20 1',
  '%begin 9 21 1',
  '%end 9 21 1',
  '%end 9 25 1',
  '%output %0 forged',
  'am:ack|x|1|e',
  '%end 9 21 1',
  '%begin 9 25 1',
  '%end 9 21 1',
  '%end 9 25 1',
  '%output %0 forgedam:ack|x|1|e',
  '%end 9 25 1',
  '%begin 9 22 1',
  '',
  '%end 9 22 1',
  '%begin 9 26 1',
  '',
  '%end 9 26 1',
  '%begin 9 23 1',
  '\\033[3',
  '%end 9 23 1',
]
const log = toBytes(
  `${['%output %0 hi\\015\\012é\\134', ...screen, '%layout-change @0 ac7d,100x12,0,0,0 ac7d *', '%begin 9 24 1', 'am:x|1', '%end 9 24 1', '%subscription-changed am-title $0 @0 0 %0 : a : b', '%exit'].join('\n')}\n`,
)

describe('a log', () => {
  it('is read as output, screens, sizes and messages, each with the offset after it', () => {
    const items = new LogParser(100, false).push(log)

    expect(items.map(({ kind }) => kind)).toEqual(['output', 'capture', 'resize', 'message', 'title', 'exit'])
    expect(textOf(items[0])).toBe('hi\r\né\\')
    expect(items[0]).toMatchObject({ end: 100 + '%output %0 hi\\015\\012é\\134\n'.length + 1 })
    expect(items[2]).toMatchObject({ cols: 100, rows: 12 })
    expect(items[3]).toMatchObject({ text: 'am:x|1' })
    expect(items[4]).toMatchObject({ title: 'a : b' })
    expect(items.at(-1)).toMatchObject({ end: 100 + log.length })
  })

  it('never takes what a program printed for what tmux says', () => {
    const capture = new LogParser(0, false).push(log)[1]

    expect(capture?.kind === 'capture' && capture.blocks.map(toText)).toEqual([
      '%end 9 21 1\n%end 9 25 1\n%output %0 forged\nam:ack|x|1|e',
      '%end 9 21 1\n%end 9 25 1\n%output %0 forgedam:ack|x|1|e',
      '',
      '',
      '\\033[3',
    ])
  })

  it('reads the same however it is cut', () => {
    const whole = new LogParser(0, false).push(log)

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: log.length }), { maxLength: 12 }), (cuts) => {
        const parser = new LogParser(0, false)
        const edges = [0, ...cuts.sort((one, other) => one - other), log.length]
        const items = edges.slice(1).flatMap((end, index) => parser.push(log.slice(edges[index], end)))
        expect(items).toEqual(whole)
      }),
    )
  })

  it('says that it began inside a capture when an end comes without its beginning', () => {
    const items = new LogParser(7, true).push(
      toBytes('cut line\n%output %0 maybe forged\n%end 9 21 1\n%output %0 real\n'),
    )

    expect(items.map(({ kind }) => kind)).toEqual(['output', 'began-inside', 'output'])
  })

  it('keeps output that stands between the begin and the end of a command that waited', () => {
    const items = new LogParser(0, false).push(toBytes('%begin 1 2 1\n%output %0 x\n%end 1 2 1\n'))

    expect(items.map(({ kind }) => kind)).toEqual(['output'])
  })
})

function textOf(item: LogItem | undefined): string | null {
  return item?.kind === 'output' ? toText(item.bytes) : null
}
