import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Hostile inputs that others have collected; they lie beside the checkout, not in it. */
const folder = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url))

/**
 * The lines of a corpus. Where it is not at hand the list is empty: tests put the inputs that they
 * cannot do without into their own lists, and add these.
 */
export function corpusLines(name: string): string[] {
  const file = join(folder, name)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

/** Raw HTTP/1.1 messages of a folder, as they go over the socket. */
export function corpusMessages(name: 'valid' | 'invalid'): { name: string; bytes: Buffer }[] {
  const messages = join(folder, 'http1-requests', name)
  if (!existsSync(messages)) return []
  return readdirSync(messages)
    .filter((file) => file.endsWith('.http'))
    .map((file) => ({ name: file, bytes: decoded(readFileSync(join(messages, file), 'latin1')) }))
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', 0: '\0' }

/** Line feeds of the file are layout; those of the message are written as escapes. */
const decoded = (text: string) =>
  Buffer.from(
    text
      .replaceAll('\n', '')
      .replace(/\\(?:x([0-9a-fA-F]{2})|([rnt0]))/g, (_, hex: string | undefined, letter: string) =>
        hex === undefined
          ? (escapes[letter] ?? letter)
          : String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    'latin1',
  )
