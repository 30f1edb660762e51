export type JsonObject = Readonly<Record<string, unknown>>

/** The object in one line of a runtime's output; null for anything else. */
export function parseJsonLine(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : null
  } catch (_notJson) {
    return null
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An empty object where there is none. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function numberIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** 0 where there is none. */
export function countIn(value: unknown): number {
  return numberIn(value) ?? 0
}
