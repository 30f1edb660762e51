import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { listenersIn, portHolderOf } from './port-holder.ts'

const table = [
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 0100007F:0C8A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1',
  '   1: 0100007F:0C8A 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1',
  '   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1',
].join('\n')

describe('who holds a port', () => {
  it('is found by the sockets that listen on it', () => {
    expect(listenersIn(table, 3210)).toEqual(['4711'])
    expect(listenersIn(table, 80)).toEqual(['4713'])
    expect(listenersIn(table, 81)).toEqual([])
    expect(listenersIn('', 80)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('is named with its process', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0

    expect(await portHolderOf(port)).toMatch(new RegExp(`\\(process ${process.pid}\\)$`))
    await new Promise((resolve) => server.close(resolve))
    expect(await portHolderOf(port)).toBeNull()
  })
})
