import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The suite knows no tokens and our server takes no request without one. This stands between them and adds it, and puts
 * the server's port where its own stands in `Host` and `Origin`; foreign names pass through as they are.
 *
 * @param url - The server's MCP URL.
 * @returns The URL that the suite is given.
 */
export async function openTokenProxy(
  url: string,
  token: string,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const { hostname, port, pathname } = new URL(url)
  const proxy = createServer((request, response) => {
    const own = `:${(proxy.address() as AddressInfo).port}`
    const renamed = (value: string | undefined) =>
      value?.endsWith(own) ? `${value.slice(0, -own.length)}:${port}` : value
    const { host, origin, ...rest } = request.headers
    const headers = {
      ...rest,
      host: renamed(host),
      ...(origin === undefined ? {} : { origin: renamed(origin) }),
      authorization: `Bearer ${token}`,
    }
    const onward = ask({ host: hostname, port, path: request.url, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${pathname}`,
    close() {
      proxy.closeAllConnections()
      proxy.close()
    },
  }
}
