import { pathToFileURL } from 'node:url'
import { NotFoundError } from '@tidegate/trading-model'
import type { PageDefinition } from './list.js'

/** Gives the HTML of a page. */
export type PageReader = (page: PageDefinition) => Promise<string>

/** Bundled as a script, a file knows where it lies; as a module, by its URL. */
const here = typeof __filename === 'string' ? pathToFileURL(__filename).href : import.meta.url
/** Beside a bundle; and from the sources, where the build of this package puts them. */
const FOLDERS = ['./pages/', '../../dist/pages/']

/**
 * Reads a built page from beside the running code. Nothing of it is in memory before somebody looks at it.
 *
 * @throws NotFoundError `ERR_NOT_FOUND` where this build carries no pages.
 */
export async function readBuiltPage({ name, uri }: PageDefinition): Promise<string> {
  // Not imported: the script that answers first over stdio has no `import()`, and needs no files before somebody looks.
  const { readFile } = process.getBuiltinModule('node:fs').promises
  for (const folder of FOLDERS) {
    try {
      return await readFile(new URL(`${folder}${name}.html`, here), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new NotFoundError(`${uri} is not part of this build`, {
    hint: 'run npm run build, or go on without pages: every answer holds the same as text',
  })
}
