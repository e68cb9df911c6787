import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { DEFAULT_LANGUAGE, type Language } from './src/words/language.ts'

type Entry = `shellScript.${Language}` | 'shellStyle' | 'frameScript' | 'icon'

export interface Built {
  /** Entry → file name, as manifest.json has it. */
  manifest: Record<Entry, string>
  /** File name → content. */
  files: Map<string, string>
}

/** The browser's files, named by their content: the same sources give the same names. */
export async function buildAssets(): Promise<Built> {
  const files = new Map<string, string>()
  const shell = async (language: Language) =>
    add(files, 'src/browser/shell.ts', `shell-${language}`, 'js', language)
  const manifest: Record<Entry, string> = {
    'shellScript.en': await shell('en'),
    'shellScript.de': await shell('de'),
    shellStyle: await add(files, 'src/styles/shell.css', 'shell', 'css'),
    frameScript: await add(files, 'src/browser/frame.ts', 'frame', 'js'),
    icon: await add(files, 'src/icon.svg', 'icon', 'svg'),
  }
  return { manifest, files }
}

async function add(
  files: Built['files'],
  path: string,
  name: string,
  extension: string,
  language: Language = DEFAULT_LANGUAGE,
) {
  const content = await bundled(join(import.meta.dirname, path), language)
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  const file = `${name}-${hash}.${extension}`
  files.set(file, content)
  return file
}

/** A script imports the English words; in the script of another language these are in their place. */
const wordsIn = (language: Language): Plugin => ({
  name: 'words',
  setup({ onResolve }) {
    onResolve({ filter: /\/words\/en\// }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path).replace('/words/en/', `/words/${language}/`),
    }))
  },
})

async function bundled(path: string, language: Language): Promise<string> {
  if (path.endsWith('.svg')) return readFile(path, 'utf8')
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    plugins: [wordsIn(language)],
    charset: 'utf8',
    legalComments: 'none',
    // The first versions with light-dark().
    target: ['chrome123', 'firefox120', 'safari17.5'],
  })
  return outputFiles[0]?.text ?? ''
}

async function main(): Promise<void> {
  const dist = join(import.meta.dirname, 'dist')
  const { manifest, files } = await buildAssets()
  await rm(join(dist, 'assets'), { recursive: true, force: true })
  await mkdir(join(dist, 'assets'), { recursive: true })
  for (const [name, content] of files) await writeFile(join(dist, 'assets', name), content)
  await writeFile(join(dist, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
  for (const [name, content] of files) console.log(`${name} ${Buffer.byteLength(content)} bytes`)
}

if (import.meta.main) await main()
