export { ConsoleAddon, type ConsoleSource } from './console-addon.ts'
