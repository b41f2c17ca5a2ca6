/**
 * Where an OAuth access token comes from: a file, a vault, another process. Used instead of a key on v2 and v3 REST; the
 * stream takes signed keys only.
 */
export interface TokenSource {
  /**
   * The token that is valid now, without `Bearer`.
   *
   * @param refused - The token that the venue just answered with 401, so that a source that caches knows to renew it.
   */
  token(refused?: string): Promise<string>
}
