const segmentForm = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/

/**
 * The segments of a path in a storage. Whoever asks has checked the names already: what is no path
 * of plain segments is a fault of ours, and nothing is asked for.
 */
export function segmentsOf(path: string): string[] {
  const segments = path.split('/')
  if (!segments.every((segment) => segmentForm.test(segment))) {
    throw new Error('Not a path of the storage')
  }
  return segments
}

/** The segments of a folder, which is written with a slash at its end. */
export const folderSegments = (folder: string): string[] => segmentsOf(folder.replace(/\/$/, ''))
