import { AgentMachinesError } from '@agent-machines/core'

export interface SentBytes {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Blob | Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal | undefined
  readonly onProgress: (sent: number, total: number) => void
}

/** Posts bytes and tells how many are sent; only a browser's older request interface says so. */
export function sendBytes({ url, headers, bytes, signal, onProgress }: SentBytes): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    request.open('POST', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    request.onload = () => resolve(new Response(request.responseText, { status: request.status }))
    request.onabort = () => reject(signal?.reason)
    request.onerror = () => reject(new AgentMachinesError('CONTROL_PLANE_UNREACHABLE'))
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    if (signal?.aborted) return reject(signal.reason)
    signal?.addEventListener('abort', abort)
    request.send(bytes)
  })
}
