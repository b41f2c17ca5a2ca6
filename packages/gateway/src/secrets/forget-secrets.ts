const credential =
  /^((COINBASE|TIDEGATE_COINBASE)_API_(KEY|SECRET|PASSPHRASE)|TIDEGATE_STORE_URL|TIDEGATE_AGENT_TOKEN|TIDEGATE_ALERTS_WEBHOOK_URL)$/

/**
 * Removes the credentials from an environment after they were loaded, so that children and crash dumps do not inherit them.
 *
 * @param env - `process.env`; changed in place.
 */
export function forgetSecrets(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) {
    if (credential.test(name)) delete env[name]
  }
}
