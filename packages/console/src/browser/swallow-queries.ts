import type { IDisposable, IFunctionIdentifier, IParser } from '@xterm/xterm'

/** Control sequences that do nothing but ask. */
const csiQueries: readonly IFunctionIdentifier[] = [
  { final: 'c' }, // DA1
  { prefix: '>', final: 'c' }, // DA2
  { prefix: '=', final: 'c' }, // DA3
  { final: 'n' }, // DSR, CPR
  { prefix: '?', final: 'n' }, // DECDSR, colour scheme
  { intermediates: '$', final: 'p' }, // DECRQM, ANSI modes
  { prefix: '?', intermediates: '$', final: 'p' }, // DECRQM, private modes
  { prefix: '>', final: 'q' }, // XTVERSION
  { prefix: '?', final: 'u' }, // keyboard protocol flags
  { prefix: '?', final: 'm' }, // XTQMODKEYS
  { final: 'x' }, // DECREQTPARM
  { intermediates: '$', final: 'w' }, // DECRQPSR
  { intermediates: '*', final: 'y' }, // DECRQCRA
  { intermediates: '#', final: 'S' }, // graphics attributes
  { prefix: '?', final: 'S' }, // XTSMGRAPHICS
]

const dcsQueries: readonly IFunctionIdentifier[] = [
  { intermediates: '$', final: 'q' }, // DECRQSS
  { intermediates: '+', final: 'q' }, // XTGETTCAP
]

/** Colours, and the clipboard, which a program must not read without being asked. */
const oscWithQueries = [4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 52]

/** Window reports; the other operations of `CSI t` change something. */
const windowReports = new Set([11, 13, 14, 15, 16, 18, 19, 20, 21])

/**
 * Keeps the terminal from answering queries.
 *
 * The worker's tmux has answered them already. A second answer would be typed into the program.
 */
export function swallowQueries(parser: IParser): IDisposable {
  const swallow = () => true
  const handlers = [
    ...csiQueries.map((id) => parser.registerCsiHandler(id, swallow)),
    ...dcsQueries.map((id) => parser.registerDcsHandler(id, swallow)),
    ...oscWithQueries.map((id) => parser.registerOscHandler(id, asksSomething)),
    parser.registerCsiHandler({ final: 't' }, (params) => windowReports.has(Number(params[0]))),
    parser.registerEscHandler({ final: 'Z' }, swallow),
  ]
  return {
    dispose: () => {
      for (const handler of handlers) handler.dispose()
    },
  }
}

function asksSomething(data: string): boolean {
  return data.split(';').includes('?')
}
