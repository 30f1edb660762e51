interface Watched {
  readonly stillAllowed: () => Promise<unknown>
  readonly end: () => void
}

/** Ends what is open on the strength of a key or session that is revoked meanwhile, through any instance. */
export class Revocations {
  readonly #watched = new Set<Watched>()

  /** Calls `end` when `stillAllowed` rejects after a revocation. Gives what stops the watching. */
  watch(stillAllowed: () => Promise<unknown>, end: () => void): () => void {
    const watched = { stillAllowed, end }
    this.#watched.add(watched)
    return () => this.#watched.delete(watched)
  }

  /** To be called when anything was revoked, or may have been. */
  check(): void {
    for (const { stillAllowed, end } of this.#watched) stillAllowed().catch(end)
  }
}
