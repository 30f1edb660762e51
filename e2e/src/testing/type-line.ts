import type { ControlPlaneProcess } from './control-plane-process.ts'

/** Types `text` and Return into the machine's console, as its driver. */
export function typeLine(plane: ControlPlaneProcess, machineId: string, text: string): Promise<void> {
  return typeKeys(plane, machineId, `${text}\r`)
}

/** Types `keys` as they are. */
export async function typeKeys(plane: ControlPlaneProcess, machineId: string, keys: string): Promise<void> {
  const { console: api } = plane.client
  const { epoch, expected } = await api.open(machineId, { cols: 120, rows: 32, client: 'keys' })
  const data = Buffer.from(keys).toString('base64')
  await api.input(machineId, { client: 'keys', seq: expected, epoch, data })
}
