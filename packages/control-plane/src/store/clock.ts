/** Gives the present time; a parameter everywhere, so that tests decide what time it is. */
export type Clock = () => Date
