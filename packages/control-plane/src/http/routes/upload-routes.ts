import { uploadLimitBytes } from '@agent-machines/core'
import { z } from 'zod'
import type { UploadService } from '../../console/upload-service.ts'
import { json } from '../json.ts'
import { type Route, route } from '../route.ts'
import { machineParams } from './machine-routes.ts'

export function uploadRoutes(uploads: UploadService): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/machines/:id/uploads',
      access: 'signed-in',
      summary: 'Put a file of up to 25 MiB on a machine; the body is the file, the answer where it is.',
      params: machineParams,
      query: z.object({ name: z.string().min(1).max(255) }),
      body: 'bytes',
      bodyLimit: uploadLimitBytes,
      answer: { status: 201, schema: z.object({ path: z.string(), bytes: z.number().int() }) },
      errors: [
        'MACHINE_UNKNOWN',
        'MACHINE_ASLEEP',
        'MACHINE_NOT_READY',
        'MACHINE_DESTROYED',
        'BODY_TOO_LARGE',
        'SUBSTRATE_QUOTA',
      ],
      handle: async ({ params, query, body }) => json(await uploads.store(params.id, query.name, body), 201),
    }),
  ]
}
