import type { PlannedFile } from '@agent-machines/core'
import type { HeadlessRecipe } from './headless.ts'

/** The variables in which `serve` and `client` get what the machine chose; the token is in no command line. */
export const gatewayPortVariable = 'AGENT_MACHINES_GATEWAY_PORT'
export const gatewayTokenVariable = 'AGENT_MACHINES_GATEWAY_TOKEN'

/**
 * A chat gateway: an HTTP server of the runtime that keeps its agent loaded, so that a message need not start it.
 *
 * It listens on the machine's loopback alone and takes what carries the machine's token.
 */
export interface GatewayRecipe<Context> {
  /** The runtime's usual port; another free one is taken where something else listens on it. */
  readonly port: number
  /** What it needs besides the agent's own files. */
  readonly files: readonly PlannedFile[]
  /** POSIX shell that becomes the server, in the agent's environment with the two variables above. */
  serve(context: Context): string
  /**
   * Command of the program that talks to it; an argument says what to do.
   *
   * `free-port`: print the variable's port if it is free, another one if not; `ready`: succeed once it takes messages;
   * `say [SESSION]`: print what it does with the message on standard input, for the reader of `headless`.
   */
  client(context: Context): readonly string[]
  /** Whether it can go on with this conversation; one without a name it begins. */
  holds(session: string): boolean
  /** Whether nothing else can, as long as it runs. */
  readonly holdsAlone: boolean
  /** One message through the server, with the same events as a run. */
  readonly headless: HeadlessRecipe<Context>
}
