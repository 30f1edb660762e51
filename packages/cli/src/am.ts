#!/usr/bin/env node
import { registerUp } from './commands/register-up.ts'
import { createProcessIo } from './context/process-io.ts'
import { readEnvironment } from './environment.ts'
import { main } from './main.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort(signal))
process.exitCode = await main(process.argv.slice(2), createProcessIo(stop.signal), readEnvironment(), [
  registerUp,
])
// What a command left open must not keep the program.
setTimeout(() => process.exit(), 300).unref()
