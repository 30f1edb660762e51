import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { Http, type Method } from './http.ts'

it('asks again what may be repeated when its connection was torn before the answer, and nothing else', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.method ?? '')
    if (asked.length % 2 === 1) request.socket.destroy()
    else response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const http = new Http({ baseUrl: `http://127.0.0.1:${port}`, fetch, headers: () => ({}) })
  const ask = (method: Method, headers = {}) => http.json(method, '/x', z.object({}), { headers })

  await expect(ask('GET')).resolves.toEqual({})
  await expect(ask('DELETE')).resolves.toEqual({})
  await expect(ask('POST', { 'idempotency-key': 'k' })).resolves.toEqual({})
  await expect(ask('POST')).rejects.toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })

  expect(asked).toEqual(['GET', 'GET', 'DELETE', 'DELETE', 'POST', 'POST', 'POST'])
})
