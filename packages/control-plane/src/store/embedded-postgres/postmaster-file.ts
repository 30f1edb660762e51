/** What a running server writes about itself into `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number
  readonly database: string
  readonly socket: string
  /** It takes connections. */
  readonly ready: boolean
}

/** Undefined while the file is still being written, or when it is not one. */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const [pid, database, , , socket, , , status] = text.split('\n')
  if (pid === undefined || database === undefined || !/^\d+$/.test(pid)) return undefined
  return { pid: Number(pid), database, socket: socket ?? '', ready: status?.trim() === 'ready' }
}
