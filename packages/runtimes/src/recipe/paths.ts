/** The folder of a machine that agents work in, relative to the home. */
export const workFolder = 'work'

/** Starts the agent of the machine; the console runs it. Relative to the home. */
export const launcherPath = '.agent-machines/bin/agent'

/** What the agent gets in its environment, keys included. Relative to the home. */
export const agentEnvironmentPath = '.agent-machines/state/agent.env'

/**
 * Where the agent's state can be read, one signal a line. Relative to the home.
 *
 * `file PATTERN`: a file below the home, `<pid>` standing for the agent; `title`: the title of the pane.
 */
export const signalsPath = '.agent-machines/state/signals'

/** Where runtimes are put on a machine that shares none with others. Relative to the home. */
export const ownRuntimesFolder = '.agent-machines/runtimes'

/** The files by which one knows that the agent has a conversation to go on with, as in `signalsPath`. */
export const resumePath = '.agent-machines/state/resume'
