export { execThrough, execThroughShell } from './exec-through.ts'
export { nodeHost } from './node-host.ts'
export { nodeListener } from './node-listener.ts'
