import { z } from 'zod'
import { section } from './fields.ts'

export const sharedAssets = section({
  title: 'Shared assets',
  shape: {
    SHARED_ASSETS_DIR: z
      .string()
      .optional()
      .describe(
        "Where the compressed bundles of the apps survive a restart; by default the system's folder for temporary files. A folder of the gateway's own is made in it, which processes of one user share. Without it everything works, and is compressed again after each start.",
      ),
    SHARED_ASSETS_MAX_BYTES: z.coerce
      .number({ error: 'must be a number of bytes' })
      .int()
      .min(1024 * 1024)
      .default(512 * 1024 * 1024)
      .describe('How much may lie there; what was not used for longest goes first.'),
  },
})
