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
 *   RW…                    jedisct1.github.io/minisign: a public key; the secret one begins with RWRTY0Iy
 *   Qm…, bafy…, 12D3KooW…  docs.ipfs.tech/concepts/content-addressing, docs.libp2p.io: content and peers by their hash
 */
const PUBLIC =
  /^(?:pk_(?:live|test)_|pk\.eyJ|phc_|sb_publishable_|pk-lf-|pub[0-9a-f]{32}$|mob-[0-9a-f]{8}-|AAAA[BCEI][\w+/]|M(?:IGf|IIBIj|IICIj)A[0N]|MFkwEwYH|MCowBQYDK2Vw|RW(?!RTY0Iy)[A-Za-z0-9+/]{54}$|Qm[1-9A-HJ-NP-Za-km-z]{44}$|12D3KooW|baf[ky][a-z2-7]{50,60}$)/;

export function isPublicKey(value: string): boolean {
  return PUBLIC.test(value) || CIPHERTEXT.test(value);
}

/**
 * The first line of a PEM block that opens nothing, in base64, as Kubernetes writes files: certificates and requests for them,
 * revocations, public keys, signatures (RFC 7468). What follows may hold a private key, which has a form of its own.
 */
const PUBLIC_PEM =
  /^LS0tLS1CRUdJTi(?:BDRVJUSUZJQ0FUR|BORVcgQ0VSVElGSUNBVE|BUUlVTVEVEIENFU|BYNTA5IEN|BQVUJMSUMgS0VZ|BSU0EgUFVCTElD|BQR1AgUFVCTElD|BQR1AgU0lHTkFUVVJF|BTU0ggU0lHTkFUVVJF|BTU0gyIFBVQkxJQ|BQS0NTN|BDTVMt|BFQyBQQVJBTUVURV|BESCBQQVJBTUVURV)/;

/** For a value that no name calls a secret. */
export function isPublicFile(value: string): boolean {
  return PUBLIC_PEM.test(value) && !PRIVATE_INSIDE.test(value);
}

/** `PRIVATE`, wherever it stands in base64. */
const PRIVATE_INSIDE = /UFJJVkFURS|BSSVZBVEUg|QUklWQVRF/;

/**
 * What only the holder of another key reads. It begins with what says how it is encrypted:
 *
 *   AgA…, AgB…             github.com/bitnami-labs/sealed-secrets: the length of an RSA-encrypted key, 512 bytes, and it
 *   AQICAH…, AQIDAH…       docs.aws.amazon.com/kms, "Encrypt": a blob of a symmetric key
 *   vault:v1:…             developer.hashicorp.com/vault/docs/secrets/transit
 *   {cipher}…              docs.spring.io/spring-cloud-config, "Encryption and Decryption"
 *   CiQA…                  cloud.google.com/kms/docs/encrypt-decrypt: the name of a key's version, 36 bytes
 */
const CIPHERTEXT =
  /^(?:Ag[A-D][A-Za-z0-9+/]{120}|AQI[CD]AH[\w+/-]{60}|vault:v\d{1,3}:[\w+/-]{16}|\{cipher\}[\w+/=-]{16}|Ci[QR][A-D][A-Za-z0-9+/]{90})/;
