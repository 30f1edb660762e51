import type { DoctorFinding } from './doctor-finding.ts'
import { type DoctorOptions, gatherFacts } from './gather-facts.ts'
import { judgeFacts } from './judge-facts.ts'

/** Everything that machines need on this computer, with what to do about each thing that is missing. */
export async function examine(options: DoctorOptions): Promise<DoctorFinding[]> {
  return judgeFacts(await gatherFacts(options))
}
