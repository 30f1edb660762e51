import { type Protocol, protocolSchema, protocols } from '@agent-machines/core'
import { InvalidArgumentError } from 'commander'

export function parseProtocols(text: string): Protocol[] {
  return text.split(',').map((part) => {
    const parsed = protocolSchema.safeParse(part.trim())
    if (!parsed.success) throw new InvalidArgumentError(`Choose from ${protocols.join(', ')}.`)
    return parsed.data
  })
}

export function parseUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('Not an http(s) URL.')
  return text
}

/** Seconds with fractions, as milliseconds. */
export function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0)) throw new InvalidArgumentError('Not a number of seconds.')
  return Math.round(seconds * 1000)
}

export function parseDollars(text: string): number {
  const dollars = Number(text)
  if (!(dollars > 0)) throw new InvalidArgumentError('Not an amount of dollars.')
  return dollars
}

/** Collects `NAME=VALUE` options. */
export function collectPair(text: string, previous: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write NAME=VALUE.')
  return { ...previous, [name]: value }
}

export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.')
  return port
}
