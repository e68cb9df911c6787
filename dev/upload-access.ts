import { BlobServiceClient, ContainerSASPermissions } from '@azure/storage-blob'

/** What a pipeline gets from whoever owns the storage: where to put data, and leave to do just that. */
export interface UploadAccess {
  uploadUrl: string
  uploadSas: string
}

const day = 86_400_000
/** The stack writes a new one at each start. */
const validDays = 30

/** A shared access signature that creates and overwrites blobs in `processed`; it reads nothing. */
export async function uploadAccess(connectionString: string): Promise<UploadAccess> {
  const container =
    BlobServiceClient.fromConnectionString(connectionString).getContainerClient('processed')
  const signed = new URL(
    await container.generateSasUrl({
      permissions: ContainerSASPermissions.parse('cw'),
      expiresOn: new Date(Date.now() + validDays * day),
    }),
  )
  return { uploadUrl: container.url, uploadSas: signed.search.slice(1) }
}
