/** Tells who reads a run that something was added to it, whichever instance added it. */
export class RunChanges {
  readonly #listeners = new Map<string, Set<() => void>>()

  /** To be called with the id of every run that changed. */
  announce(runId: string): void {
    for (const listener of this.#listeners.get(runId) ?? []) listener()
  }

  /** Gives the function that ends the subscription. */
  subscribe(runId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(runId) ?? new Set()
    this.#listeners.set(runId, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(runId) === listeners) this.#listeners.delete(runId)
    }
  }
}
