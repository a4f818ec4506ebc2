/** The names that make a value in a JSON document secret: those of its member and of the containers around it. */
import { SECURE_TYPE } from '#model/redaction/generated.ts';
import { pairRole } from '#model/redaction/members.ts';
import { isSecretName, secretAround } from '#model/redaction/redaction.ts';

/** `name` belongs to the member or its list; `around` to the secret around it, '' for none. */
export type Telling = Readonly<{ name: string; around: string }>;

export const TELLS_NOTHING: Telling = { name: '', around: '' };

/** A member of an object; the text of a string may be a name. */
type Member = Readonly<{ name: string; value: Readonly<{ kind: string; text?: string }> }>;

/**
 * Returns what the member names of an object say. In a name/value pair, the name governs the value. Elasticsearch answers
 * with a key and the same key `encoded`: elastic.co/guide/en/elasticsearch/reference, "Create API key".
 */
export function tellingOf(members: readonly Member[], outer: Telling): (member: string) => Telling {
  const around = secretAround(outer.around, outer.name);
  const named = members.find(
    ({ name, value }) => value.kind === 'string' && pairRole(name) === 'naming' && isSecretName(value.text ?? ''),
  );
  const tag = named?.value.text ?? (members.some(saysSecretValue) ? SECRET_VALUE : '');
  const key = members.some(({ name }) => name === 'api_key') ? 'api_key' : '';
  return (member) => {
    if (key !== '' && member === 'encoded') return { name: key, around };
    return { name: tag !== '' && pairRole(member) === 'valuing' ? tag : member, around };
  };
}

/** A parameter of AWS by its type, a secret of Key Vault by its id: learn.microsoft.com/rest/api/keyvault, "SecretBundle". */
function saysSecretValue({ name, value: { text = '' } }: Member): boolean {
  return /^type$/i.test(name) ? text === SECURE_TYPE : name === 'id' && ID_IN_KEY_VAULT.test(text);
}

export const ID_IN_KEY_VAULT: RegExp =
  /^https:\/\/[\w-]{1,63}\.(?:vault|managedhsm)\.(?:azure\.(?:net|cn)|usgovcloudapi\.net)(?::443)?\/secrets\//;
/** The name of a value that its object makes secret. */
export const SECRET_VALUE = 'secretValue';
