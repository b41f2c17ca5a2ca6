import type { Setting } from './settings.js'
import { readInteger, readOptionalText, readText } from './value-readers.js'

/** Where the encrypted secrets are, and who opens them. The passphrase itself is never a setting. */
export const secretSettings = {
  /** In the environment's folder. */
  secretsFile: { path: 'secrets.file', read: readText, fallback: 'secrets.sealed' } as Setting<string>,
  secretsPassphraseFile: {
    path: 'secrets.passphrase_file',
    read: readOptionalText,
    fallback: undefined,
    flag: 'passphrase-file',
  } as Setting<string | undefined>,
  /** A descriptor this process was started with. */
  secretsPassphraseFd: {
    path: 'secrets.passphrase_fd',
    read: readInteger(0, 1_024),
    fallback: undefined,
    flag: 'passphrase-fd',
  } as Setting<number | undefined>,
} as const
