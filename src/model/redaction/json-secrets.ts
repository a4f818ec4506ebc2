/** The names that make a value in a JSON document secret: those of its member and of the containers around it. */
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
  const tag = named?.value.text ?? '';
  const key = members.some(({ name }) => name === 'api_key') ? 'api_key' : '';
  return (member) => {
    if (key !== '' && member === 'encoded') return { name: key, around };
    return { name: tag !== '' && pairRole(member) === 'valuing' ? tag : member, around };
  };
}
