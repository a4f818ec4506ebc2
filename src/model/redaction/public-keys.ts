/**
 * Keys that their vendors give to every visitor of a page, and public halves of keys. They stay:
 *
 *   pk_live_…, pk_test_…   docs.stripe.com/keys, clerk.com/docs: publishable keys
 *   pk.eyJ…                docs.mapbox.com/help/glossary/access-token: public tokens
 *   phc_…                  posthog.com/docs/api: project keys
 *   sb_publishable_…       supabase.com/docs/guides/api/api-keys
 *   pub…, mob-…            docs.datadoghq.com client tokens, launchdarkly.com mobile keys
 *   AAAAB3NzaC1…           keys of SSH in base64 (RFC 4253): the length of `ssh-rsa`, and it
 *   MIGfMA0GCSqG…          a SubjectPublicKeyInfo in base64 (RFC 5280): RSA and curves
 */
const PUBLIC =
  /^(?:pk_(?:live|test)_|pk\.eyJ|phc_|sb_publishable_|pk-lf-|pub[0-9a-f]{32}$|mob-[0-9a-f]{8}-|AAAA[BCEI][\w+/]|M(?:IGf|IIBIj|IICIj)A[0N]|MFkwEwYH|MCowBQYDK2Vw)/;

export function isPublicKey(value: string): boolean {
  return PUBLIC.test(value);
}
