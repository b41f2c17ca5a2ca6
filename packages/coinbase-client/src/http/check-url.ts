import { ConfigError } from '@tidegate/trading-model'

/**
 * Checks an address before anything is sent to it: TLS everywhere except on this machine, no credentials, no query.
 *
 * @param schemes - The encrypted scheme and its plain twin, e.g. `['https:', 'http:']`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID`
 */
export function checkUrl(text: string, schemes: readonly [secure: string, plain: string], setting: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new ConfigError('ERR_CONFIG_INVALID', `${setting} is no URL`, { hint: `write it as ${schemes[0]}//host` })
  }
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== schemes[0] && !(url.protocol === schemes[1] && isLoopback)) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${setting} must use ${schemes[0]}// outside this machine`, {
      hint: `change ${url.protocol}// to ${schemes[0]}//`,
    })
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw new ConfigError('ERR_CONFIG_INVALID', `${setting} carries credentials or a query`, {
      hint: 'leave only scheme, host and port',
    })
  }
  return url
}
