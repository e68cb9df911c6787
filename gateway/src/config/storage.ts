import { z } from 'zod'
import { section } from './fields.ts'

export const storage = section({
  title: 'Storage of the datasets',
  shape: {
    BLOB_CONNECTION_STRING: z
      .string()
      .min(1)
      .describe(
        'Connection string of the storage account that holds the containers `processed` and `uploads`.',
      ),
  },
})
