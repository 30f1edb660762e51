import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { WebSocketServer } from 'ws'
import { size } from './echoing.ts'

// A rival design: each WebSocket is a pty of this computer with `tmux attach` in it; bytes go both ways as they are.

const folder = mkdtempSync(join(tmpdir(), 'am-bench-'))
const tmux = ['-u', '-S', join(folder, 'tmux.sock'), '-f', '/dev/null']
const env = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' }
const at = ['-x', String(size.cols), '-y', String(size.rows)]
execFileSync('tmux', [...tmux, 'new-session', '-d', '-s', 'am', ...at, '/bin/sh'], { env })
execFileSync('tmux', [...tmux, 'set', '-g', 'status', 'off', ';', 'set', '-g', 'escape-time', '0'], { env })

const server = createServer()
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on('connection', (socket) => {
  const pty = spawn('tmux', [...tmux, 'attach', '-t', 'am'], { ...size, env, encoding: null })
  pty.onData((data) => socket.send(Buffer.from(data)))
  socket.on('message', (data) => pty.write(String(data)))
  socket.on('close', () => pty.kill())
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ws://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => {
  execFileSync('tmux', [...tmux, 'kill-server'], { env })
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
