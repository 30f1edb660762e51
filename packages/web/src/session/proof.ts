const storageKey = 'am.proof'

/**
 * What this browser shows beside its cookie.
 *
 * A cookie goes to every port of a host; what an origin stores does not.
 */
export function readProof(): string | null {
  return localStorage.getItem(storageKey)
}

export function saveProof(proof: string): void {
  localStorage.setItem(storageKey, proof)
}

export function forgetProof(): void {
  localStorage.removeItem(storageKey)
}
