/**
 * Passwords that Terraform generated. Their name says nothing, but their resource does:
 *
 *   {"type": "random_password", "instances": [{"attributes": {"bcrypt_hash": "…", "result": "…"}}]}
 *   resource "random_password" "db" { result = "…" }
 *   resource "azurerm_key_vault_secret" "db" { value = "…" }
 */
import type { NameRule } from '#model/redaction/names.ts';

/** The rule for a generated value. */
export const GENERATED: NameRule = { kind: 'secret', word: 'password', stands: 'alone', isMade: false };

/** docs.aws.amazon.com/systems-manager, "Parameter types": the type whose value is encrypted where it is stored. */
export const SECURE_TYPE = 'SecureString';

/** Whether the position lies in a resource that generates passwords. */
export function isOfRandomPassword(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - RESOURCE_CHARS), at);
  const resource = before.lastIndexOf(RANDOM_PASSWORD);
  return resource >= 0 && !OTHER_RESOURCE.test(before.slice(resource + RANDOM_PASSWORD.length));
}

/** Whether the position lies in a resource that holds one secret, by its type: `azurerm_key_vault_secret`. */
export function isOfSecretResource(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - RESOURCE_CHARS), at);
  return SECRET_RESOURCE.test(before.slice(Math.max(0, before.lastIndexOf('resource "'))));
}

/** registry.terraform.io: secrets of Key Vault, GitHub, Doppler, Bitwarden, Infisical and others have their value in one. */
const SECRET_RESOURCE =
  /^resource "[a-z0-9_]{1,60}(?:_secrets?|_secret_version|_password|_api_key|_credentials?|_token)(?:_v\d)?" /;

const RANDOM_PASSWORD = 'random_password';
/** The longest text of a resource before its result. */
const RESOURCE_CHARS = 2_000;
const OTHER_RESOURCE = /\\?"type\\{0,15}"\s{0,3}:|\bresource\s/;
