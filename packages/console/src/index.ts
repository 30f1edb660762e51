export {
  type ConsoleHandler,
  type ConsoleHandlerOptions,
  createConsoleHandler,
} from './handler/console-handler.ts'
export { formatEvent } from './handler/event-stream.ts'
export type { PollRequest } from './handler/poll-reader.ts'
export { PollReaders } from './handler/poll-readers.ts'
export { ConsoleHub } from './hub/console-hub.ts'
export type { AgentAction, ClientBatch, ClientResize, ConsoleHubOptions } from './hub/console-hub-options.ts'
export { createConsoleHub } from './hub/create-console-hub.ts'
export type { CreateEmulator, Emulator, EmulatorCell } from './hub/emulator.ts'
export type { Accepted } from './hub/input-queue.ts'
export type { Timers } from './hub/timers.ts'
export type { StreamRequest } from './hub/view-console.ts'
export type { ConsoleExec } from './tiers/wire.ts'
export { consoleWorkerFiles, workerProgram } from './worker/console-worker-files.ts'
