import { chmod, open, rename } from 'node:fs/promises'
import { z } from 'zod'
import { readSmallFile } from './small-files.ts'

export const cgroupSchema = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  directory: z.string(),
  /** What this directory is for. */
  roles: z.array(z.enum(['freeze', 'cpu', 'memory', 'pids'])),
})
/** One cgroup directory of a machine; with v1 there is one per controller. */
export type MachineCgroup = z.infer<typeof cgroupSchema>

const sandboxSchema = z.object({
  bootId: z.string(),
  initPid: z.number().int().positive(),
  /** Field 22 of `/proc/<pid>/stat`: with the boot id it makes a pid unique. */
  initStartTime: z.string(),
  pidNamespace: z.string(),
})
/** The one sandbox that is meant; a later process with the same pid has another start time. */
export type SandboxIdentity = z.infer<typeof sandboxSchema>

const recordSchema = z.object({
  machineId: z.string(),
  isolation: z.enum(['namespaces', 'none']),
  /** Null when machines run as the user of the control plane. */
  uid: z.number().int().nullable(),
  spec: z.object({
    cpus: z.number().optional(),
    memoryMiB: z.number().optional(),
    pids: z.number().optional(),
  }),
  env: z.record(z.string(), z.string()),
  hostPath: z.string().optional(),
  cgroups: z.array(cgroupSchema),
  /** Null from the first write until processes can be started. */
  sandbox: sandboxSchema.nullable(),
  /** Set once destroying has begun; from then on nothing but destroying helps. */
  destroying: z.boolean(),
})
/** All that is known about a machine; several control planes read it, so it lives on disk only. */
export type MachineRecord = z.infer<typeof recordSchema>

/** Undefined when there is no such machine. */
export function readRecord(path: string): MachineRecord | undefined {
  const text = readSmallFile(path)
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text))
}

/** Replaces the record in one step, readable by its owner alone. */
export async function writeRecord(path: string, record: MachineRecord): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(record, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await chmod(temporary, 0o600)
  await rename(temporary, path)
}
