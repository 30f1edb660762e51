import { uploadLimitBytes } from '@agent-machines/core'
import { useRef, useState } from 'react'
import { factsOf } from '../../components/failure.tsx'
import { useClient } from '../../queries/client-context.ts'

/** A file on its way to the machine, or one that did not get there. */
export interface Upload {
  readonly id: string
  readonly file: File
  /** 0 to 1. */
  readonly sent: number
  readonly failure: string | null
}

export interface Uploads {
  readonly all: readonly Upload[]
  readonly add: (files: Iterable<File>) => void
  /** Ends it where it is, or forgets that it failed. */
  readonly drop: (id: string) => void
  readonly again: (upload: Upload) => void
}

/** Puts files on the machine, one after the other, and tells where each came to lie. */
export function useUploads(machineId: string, onStored: (path: string) => void): Uploads {
  const client = useClient()
  const [all, setAll] = useState<readonly Upload[]>([])
  const stops = useRef(new Map<string, AbortController>())
  const queue = useRef<Promise<void>>(Promise.resolve())
  const change = (id: string, part: Partial<Upload>) =>
    setAll((before) => before.map((each) => (each.id === id ? { ...each, ...part } : each)))
  const drop = (id: string) => {
    stops.current.get(id)?.abort()
    stops.current.delete(id)
    setAll((before) => before.filter((each) => each.id !== id))
  }
  const send = async ({ id, file }: Upload) => {
    const stop = stops.current.get(id)
    if (!stop) return
    try {
      if (file.size > uploadLimitBytes) throw new Error('It is larger than 25 MiB.')
      const onProgress = (sent: number, total: number) => change(id, { sent: total > 0 ? sent / total : 0 })
      const stored = await client.machines.upload(machineId, file.name, file, {
        signal: stop.signal,
        onProgress,
      })
      drop(id)
      onStored(stored.path)
    } catch (error) {
      if (!stop.signal.aborted) change(id, { failure: factsOf(error).detail })
    }
  }
  const enqueue = (upload: Upload) => {
    stops.current.set(upload.id, new AbortController())
    queue.current = queue.current.then(() => send(upload))
  }
  return {
    all,
    drop,
    add: (files) => {
      const uploads = [...files].map((file) => ({ id: crypto.randomUUID(), file, sent: 0, failure: null }))
      setAll((before) => [...before, ...uploads])
      for (const upload of uploads) enqueue(upload)
    },
    again: (upload) => {
      change(upload.id, { sent: 0, failure: null })
      enqueue(upload)
    },
  }
}
