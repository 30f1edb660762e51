export { type ConnectOptions, connectConsole } from './connect-console.ts'
export { ConsoleAddon, type ConsoleAddonOptions, type ConsoleSource } from './console-addon.ts'
