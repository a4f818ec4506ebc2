/** Finds what is the same in all deliveries of one alert, and in no other alert, of an unknown sender. */
import { isOfKibana, isPlay } from './general-service.ts';
import type { Field } from './payload-fields.ts';
import { fieldsLike } from './pick-field.ts';
import { withoutState } from './state-words.ts';

/** Names of a key that the sender made for this purpose, or of the alert itself. */
const OWN_KEYS: readonly RegExp[] = [
  /^(?:dedup(?:e|lication)?(?:key|id)?|(?:alert|incident|event|problem)?fingerprint|incidentkey|alertkey|problemkey|groupkey|alertuid|uniquekey|entityid|hashkey)$/,
  /^(?:incident|problem|outage|issue|alarm|alert|anomaly|violation|downtime|ticket|case|fault|item|errorgroup|finding)(?:u?u?id|number|key|reference|ref|nr|publicid|slug|guid|iid|code)$|^(?:pid|alertinstanceid|problemdisplayid|告警id|告警编号|事件id)$/u,
  /^(?:alias|correlationkey|aggregationkey|episodeid)$/,
  // A reference that people see: `ALR-5512`. That of a commit has no number behind letters.
  /^(?:ref(?:erence|erenz|erencia|erência|erenzia|nr|no)?|référence|riferimento|vorgang(?:snummer)?|(?:störungs?|meldungs?)?nummer|numéro|número|numero|ticketnr|külcs|kennung)$/u,
];

/** Letters with a number, as people write a reference; `refs/heads/main` is one of a commit. */
const REFERENCE = /^[A-Za-z]{1,10}[-_#]?\d{1,12}$|^\d{2,12}$/;

const SUBJECTS =
  /^(?:incident|problem|outage|issue|alarm|alert|alerts|anomaly|violation|downtime|ticket|case|fault|item|error|findings?|event|errorgroup|insight)$/;
const IDS = /^(?:u?u?id|number|key|reference|publicid|shortid|guid|arn|identifier)$/;

/** Envelopes around the alert: their content is the alert. */
const ENVELOPES: ReadonlySet<string> = new Set([
  'data',
  'payload',
  'body',
  'resource',
  'attributes',
  'object',
  'detail',
  'content',
  'record',
  'included',
  'message',
  'entity',
  'objectattributes',
]);

/** What the alert is a run of: its id is the same for all alerts of the rule, so the place is a part of the key. */
const RULES =
  /^(?:(?:monitor|check|rule|alertrule|policy|condition|detector|trigger|test|checker|heartbeat|website|site|watch|alertdefinition|alertconfig|sensor|search|query|alertdef|checks)(?:u?u?id|number|key|arn|guid|rn)|ruleuid|sid)$/;
const RULE_HOLDERS =
  /^(?:monitor|check|rule|alertrule|policy|condition|detector|trigger|test|checker|heartbeat|website|site|watch|sensor|search|query)$/;
const RULE_NAMES =
  /^(?:alertname|rulename|alertrulename|checkname|monitorname|triggername|alarmname|conditionname|detectorname|policyname|watchname|monitorfriendlyname|servicedesc|servicedescription|告警名称|规则名称|報警名稱|アラート名)$/u;

/** Where the rule fires: a host, an instance, a place. */
const PLACES =
  /^(?:host|hostname|hostid|instance|instanceid|node|pod|podname|device|server|resourceid|scope|entityname|container|namespace|mountpoint|partition|chart|queue|cluster|url)$/;

const NOT_IN =
  /^(?:previous\w*|old\w*|users?|author|actor|agent|assignees?|assigned\w*|creator|owners?|teams?|organi[sz]ation|integration|webhook|contacts?|comments?|notes?|history|logentries|links?|sender|responders?|escalation\w*|schedule|account|project|services?|components?|notification|delivery|message|request)$/;

const isId = ({ value, kind }: Field) =>
  kind !== 'flag' && value.length <= 300 && !value.includes('\n') && value !== '0';

/** A word for any number needs letters: other numbers are amounts. */
const isReference = (field: Field) =>
  isId(field) && REFERENCE.test(field.value) && (!ANY_NUMBER.test(field.name) || /[A-Za-z]/.test(field.value));

const ANY_NUMBER = /^(?:nummer|numéro|número|numero)$/u;

export function keyOf(
  fields: readonly Field[],
  { title, service }: Readonly<{ title: string; service: string }>,
): string {
  const own = ownKey(fields) ?? rootId(fields);
  // Kibana's id of an alert is the value of its group: other rules have the same one.
  if (own !== undefined && isOfKibana(fields))
    return [ruleIn(fields) ?? '', own].filter((part) => part !== '').join('/');
  // The name of the service is no key of its own: the bodies of an end often leave it out.
  if (own !== undefined && !(own === service && ruleIn(fields) !== undefined)) return own;
  const named = ruleIn(fields) ?? withoutState(title);
  return [service, ...placesOf(fields, service), named].filter((part) => part !== '').join('/');
}

/** The id of the rule, else its name. */
function ruleIn(fields: readonly Field[]): string | undefined {
  const [rule] = [
    ...fieldsLike(fields, { names: RULES, notIn: NOT_IN, fits: isId }),
    ...fieldsLike(fields, {
      names: IDS,
      notIn: NOT_IN,
      fits: (field) => isId(field) && RULE_HOLDERS.test(field.holders.at(-1) ?? ''),
    }),
    ...fieldsLike(fields, { names: RULE_NAMES, notIn: NOT_IN, fits: isId }),
  ];
  return rule?.value;
}

/** The key that the sender gave to the alert; undefined where it gave none. */
export function ownKey(fields: readonly Field[]): string | undefined {
  const given = idOfTrigger(fields);
  if (given !== undefined) return given;
  for (const [at, names] of OWN_KEYS.entries()) {
    const isFit = names === OWN_KEYS.at(-1) ? isReference : isId;
    const [field] = fieldsLike(fields, { names, notIn: NOT_IN, fits: isFit });
    const [held] =
      at === 1
        ? fieldsLike(fields, {
            names: IDS,
            notIn: NOT_IN,
            fits: (one) => isId(one) && SUBJECTS.test(one.holders.at(-1) ?? '') && !isDelivery(one, fields),
          })
        : [];
    const depth = (one: Field | undefined) => (one === undefined ? 99 : one.holders.length);
    // The id of the object that is the alert comes before the id of an object inside it.
    const found =
      held !== undefined &&
      depth(held) <= depth(field) + 1 &&
      !(field && !field.isWritten && depth(field) < depth(held))
        ? held
        : field;
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/**
 * The id of an event is that of its delivery, except in bodies that trigger and resolve by it: Squadcast's form.
 * https://developers.squadcast.com/incoming-webhooks/payload-format/
 */
function idOfTrigger(fields: readonly Field[]): string | undefined {
  const outer = (wanted: string) => fields.find(({ name, holders }) => name === wanted && holders.length === 0)?.value;
  return /^(?:trigger|acknowledge|resolve)$/.test(outer('status') ?? '') ? outer('eventid') || undefined : undefined;
}

/** An event has its own id in each delivery. */
function isDelivery({ holders }: Field, fields: readonly Field[]): boolean {
  if (holders.at(-1) !== 'event') return false;
  return fields.some((one) => IDS.test(one.name) && one.holders.length > holders.length);
}

/** The id of the body itself, or of what an envelope holds. */
function rootId(fields: readonly Field[]): string | undefined {
  const ids = fields.filter(
    (field) =>
      IDS.test(field.name) &&
      field.kind !== 'null' &&
      isId(field) &&
      !field.isWritten &&
      field.holders.every((holder) => ENVELOPES.has(holder)),
  );
  const [deepest] = ids.toSorted((a, b) => b.holders.length - a.holders.length);
  if (deepest === undefined) return undefined;
  // That of a job of AWX is the id of its run.
  if (isPlay(fields)) return undefined;
  const isEnveloped = deepest.holders.length > 0;
  return isEnveloped || !isIdOfDelivery(deepest, fields) ? deepest.value : undefined;
}

/** `specversion` is CloudEvents; prefixes as senders write them before ids of events and messages. */
function isIdOfDelivery({ value }: Field, fields: readonly Field[]): boolean {
  if (/^(?:evt|event|msg|message|ntf|notif|notification|wh|whk|del|dlv|delivery|req)[-_:]/i.test(value)) return true;
  return fields.some(
    ({ name, holders }) =>
      (holders.length === 0 && /^(?:specversion|deliveryid|webhookid|attempt)$/.test(name)) ||
      // CircleCI names the webhook that sends the event.
      (holders.length === 1 && holders[0] === 'webhook' && name === 'id'),
  );
}

function placesOf(fields: readonly Field[], service: string): readonly string[] {
  const found = fieldsLike(fields, {
    names: PLACES,
    notIn: NOT_IN,
    fits: (field) => isId(field) && field.value !== service,
  });
  const byName = new Map(found.map(({ name, value }) => [name, value]).toReversed() as [string, string][]);
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
