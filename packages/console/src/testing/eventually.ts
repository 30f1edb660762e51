/** Resolves once `isTrue` holds; rejects when it does not within `ms`. */
export async function eventually(isTrue: () => boolean, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('it did not come true in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
