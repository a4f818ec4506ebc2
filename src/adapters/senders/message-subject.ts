/** What a message of an app is about, where only its title, its text or its address names it. */
import { isPartOfMetric, nameInTitle, workloadOf } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { markInFront, saidState, stateInTitle } from './state-words.ts';

/**
 * `Shop (shop.example.com) is down`, `Shop | https://shop.example.com Is Down`: the name of a check before its address.
 * A heading, the kind and quotes may stand around the name: `Website | Your site 'Shop' (shop.example.com) went down`.
 */
const BEFORE_ADDRESS =
  /^[^\p{L}\p{N}]{0,20}(?:\p{L}{2,20} \| )?(?:(?:your |the )?(?:site|website|test|check|monitor) (?=["'“‘]))?["'“‘]?([\p{L}\p{N}][^()|\n]{0,80}?)["'”’]?\s?(?:\((?:https?:\/\/)?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?:[:/][^\s()]{0,200})?\)|\|\s?https?:\/\/\S{1,300})\s(?:is|went|has|experienced|performance)\s/iu;

/** `Monitor is DOWN: Shop ( https://shop.example ) - Reason: …`: the state stands in front of the name. */
const BEHIND_STATE =
  /^[^\p{L}\p{N}]{0,20}(?:your |the )?(?:monitor|check|site|website|heartbeat|endpoint) (?:is|went) (?:now |back )?(?:down|up|online|offline|paused)\*?: ?\*?\s?([\p{L}\p{N}][^()|\n]{0,80}?)\s?\(\s?(?:https?:\/\/)?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?:[:/][^\s()]{0,200})?\s?\)/iu;

/** The check that a title names before its address; empty where the title has another form. */
export function checkBeforeAddress(title: string): string {
  const shown = title.slice(0, 400);
  if (stateInTitle(shown) === undefined) return '';
  return (BEFORE_ADDRESS.exec(shown) ?? BEHIND_STATE.exec(shown))?.[1]?.trim() ?? '';
}

/** `"Nightly backup" received a ping and is now UP`: what a title begins with, in quotes. */
const QUOTED_IN_FRONT = /^[^\p{L}\p{N}"“„«]{0,20}(?:(?:the )?(?:check|monitor) )?["“„«]([^"“”„«»\n]{1,80})["”“»]\s/iu;

/** `Incident #4: CRITICAL web-1/queue`: an entity and its check behind the grade, as Sensu and others name them. */
const ENTITY_BEHIND_GRADE =
  /(?:^|[\s:\]])(?:CRITICAL|WARNING|UNKNOWN|RECOVERY|RESOLVED|OK|ACKNOWLEDGED|ACKNOWLEDGEMENT):?\s([A-Za-z][\w.-]{1,100})\/[\w.-]{1,100}$/;

/** What people and apps call a thing that serves: its name stands behind the word. The last ones also say where it is. */
const KINDS: readonly string[] = [
  'application|app|service|site|website|connector|task|job|queue|dlq|topic|pipeline|dag|function|lambda|deployment|statefulset|daemonset|worker|consumer(?: group)?|flow|workflow|cron ?job|stream|component|anwendung|dienst|aplicación|servicio|serviço|servizio',
  'container|pod|database|cluster|host|server|node|instance|device|datenbank|serveur|servidor',
  'check|monitor|heartbeat|probe|test',
  // Gatus: `An alert for *shop/search* has been triggered`.
  'alert (?:for|on)',
];
const MARKED = '(?:\\*([^*`\\n]{2,80})\\*|`([^`\\n]{2,80})`|\\*`([^`*\\n]{2,80})`\\*)';
const MARKED_BY_KIND = KINDS.map((kinds) => new RegExp(`(?<![\\p{L}\\d-])(?:${kinds}):? ${MARKED}`, 'iu'));
/** Without marks, only what serves: a pod has a name of its own. */
const PLAIN_BY_KIND = new RegExp(
  `(?<![\\p{L}\\d-])(?:${KINDS[0]}) ([a-z][a-z0-9]{0,40}(?:[-_][a-z0-9]{1,40}){1,8})(?![\\w/@-])`,
  'u',
);

const NAMESPACED =
  /((?<![\p{L}\d-])(?:pod|deployment|statefulset|daemonset|cronjob|job|container)s?:? [*`]{1,2})[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/(?=[a-z0-9])/iu;

/** `` Connector `orders-sink` ``, `app *cart*`, `application cart-config`: the name behind its kind, of a line with marks. */
export function nameBehindKind(line: string): string {
  // `` Pod `shop/cart-1` ``: the namespace stands before the name.
  const shown = line.slice(0, 400).replace(NAMESPACED, '$1');
  const marked = MARKED_BY_KIND.flatMap((form) => form.exec(shown)?.slice(1).find(Boolean) ?? []);
  const named = [...marked, ...(PLAIN_BY_KIND.exec(shown)?.slice(1) ?? [])];
  return workloadOf(named.find((name) => !isPartOfMetric(name))?.trim() ?? '');
}

/** `*Shop front* is *DOWN*: …`: a name in bold before the verb, with its marks; empty in other titles. */
export function boldBeforeVerb(line: string): string {
  const form =
    /^(?:[^\p{L}\p{N}*]|:[a-z0-9_+-]{1,40}:){0,20}\*([^*\n]{2,80})\*:? (?:is|was|went|has|are|ist|est|está|è|fails|failed|(?:incident|alert|problem|outage) (?:started|opened|acknowledged|resolved|closed|cleared))(?:\s|[.!]?$)/iu;
  const shown = line.slice(0, 400).replace(/^\s{0,3}\[[A-Z]{2,20}\]\s{1,3}/, '');
  const name = form.exec(shown)?.[1]?.trim() ?? '';
  return name === '' || stateInTitle(line) === undefined || saidState(name) !== undefined ? '' : name;
}

/** `[cart/production] Redis::TimeoutError: …`: a project and its environment, as trackers of errors write them in front. */
const PROJECT_IN_BRACKETS =
  /^[^\p{L}\p{N}[]{0,10}\[([\w.-]{2,80})[/ @:](?:prod(?:uction)?|live|stag(?:e|ing)|pre-?prod|dev(?:elopment)?|test|qa|uat|sandbox|demo)\]\s/iu;

/** The project that a title names in brackets in front; empty in other titles. */
export function projectInBrackets(title: string): string {
  return PROJECT_IN_BRACKETS.exec(title.slice(0, 200))?.[1] ?? '';
}

/** `cart@shop is not meeting its SLOs`: a name and its namespace, as Coroot and systemd's units write it; no mail's address. */
export function nameInNamespace(title: string): string {
  return (
    /(?:^|[\s:\]])([a-z0-9][a-z0-9.-]{0,100})@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?=\s|$)/.exec(
      title.slice(0, 300),
    )?.[1] ?? ''
  );
}

/** `cart-export auf web-1 fehlgeschlagen`: what ran, before the host on which it failed, in a script's own text. */
const RUN_ON_HOST =
  /^[^\p{L}\p{N}]{0,20}(?:\p{L}{2,20} ){0,3}([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8}) (?:(?:ist|a échoué|a planté|ha fallado|falló|falhou|è fallito|is) )?(?:auf|sur|en|em|su|op|på|на|na|在|で) (?:\p{L}{2,12} )?[\w.-]{2,100}(?=\s|[.,:;!]|$)|^[^\p{L}\p{N}]{0,20}([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8}) on [\w.-]{2,100} (?:has )?(?:failed|crashed|errored|aborted)(?!\w)/u;

export function runOnHost(title: string): string {
  const name = RUN_ON_HOST.exec(title.slice(0, 300))?.slice(1).find(Boolean) ?? '';
  return name === '' || stateInTitle(title) === undefined || isPartOfMetric(name) ? '' : name;
}

/** `Monitor is down: <https://shop.example|Shop>`, `<https://shop.example|Shop> went down`: the text of a link beside the state. */
export function linkedSubject({ lines }: Said): string {
  const [first] = lines;
  const [link, ...others] = first?.links ?? [];
  if (first === undefined || link === undefined || others.length > 0 || link.url === link.label) return '';
  const { label } = link;
  const isName =
    /^\p{L}/u.test(label) &&
    label.split(/\s+/).length <= 5 &&
    !BUTTON.test(label) &&
    !/[:#/]/.test(label) &&
    stateInTitle(label) === undefined;
  // What stands beside the name is the state and its sentence.
  const isStateBeside = stateInTitle(first.rest) !== undefined && first.rest.split(/\s+/).length <= 8;
  return isName && isStateBeside ? label : '';
}

/**
 * The labels of a resource in a sentence of Google Cloud: `… labels {project_id=acme, subscription_id=orders} is above …`.
 * https://cloud.google.com/monitoring/api/resources
 */
export function labelledBelow({ lines }: Said): string {
  for (const { text } of lines.slice(0, 8)) {
    const inside = /\blabels \{([^{}\n]{3,1000})\}/.exec(text.slice(0, 2_000))?.[1] ?? '';
    const named = [...inside.matchAll(/(?<![\w.])([a-z][a-z0-9_]{1,60})=([\w./-]{1,200})/g)];
    const name = named.find(([, label = '']) => /_(?:id|name)$/.test(label) && !PLACE_LABEL.test(label))?.[2];
    if (name !== undefined) return workloadOf(name);
  }
  return '';
}

/**
 * `cart-1 of job cart has been down for more than 5 minutes`, as many copy the rule of Prometheus' guide: the job is the
 * service where its instance is called like it.
 * https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#defining-alerting-rules
 */
export function jobBelow({ lines }: Said): string {
  const shown = lines.slice(0, 8).map(({ text }) => text.slice(0, 500));
  const said = shown.map((text) => /(?<!\S)([\w.:-]{2,200}) of job ([\w.-]{2,100}) (?:has|is)\b/.exec(text));
  return said.find((one) => one?.[1]?.startsWith(one[2] ?? '-'))?.[2] ?? '';
}

/** Labels that say where a resource is. */
const PLACE_LABEL = /^(?:project|location|region|zone|cluster|namespace|configuration|revision|version|module)_/;

/** What a link says that only opens something. */
const BUTTON =
  /^(?:view|open|see|show|go to|details?|more|here|link|dashboard|runbook|logs?|graph|source|silence|incident|alert|monitor|check|website|site)\b/i;

/**
 * The headings with which trackers of errors begin: the project and that an error is new or frequent. The error itself
 * stands below, as a link.
 * https://docs.rollbar.com/docs/slack
 * https://docs.bugsnag.com/product/integrations/team-collaboration/slack/
 */
const HEADING_OF_ERROR =
  /\b(?:new|reopened|re-?activated|resolved|regressed|unhandled|handled|frequent|repeated|spike in|spike of|\d{1,9}(?:st|nd|rd|th)) (?:\w{1,12} )?(?:errors?|exceptions?|crash(?:es)?|occurrences?|items?|issues?)\b/i;

/** The error below such a heading; empty in other messages. */
export function errorBelow({ lines }: Said): string {
  const [first, second] = lines;
  if (first === undefined || second === undefined || !HEADING_OF_ERROR.test(first.text.slice(0, 200))) return '';
  const isHeading = first.links.length === 0 && !/\b[A-Z]\w{1,60}(?:Exception|Error)\b|: /.test(first.text);
  const isTitle = second.links.some(({ label }) => label !== '' && second.text.startsWith(label));
  return isHeading && isTitle ? second.text : '';
}

/** A quoted name in front, or an entity behind the grade; empty where the title has neither. */
export function markedSubject(title: string): string {
  const shown = title.slice(0, 300).trim();
  return QUOTED_IN_FRONT.exec(shown)?.[1]?.trim() ?? ENTITY_BEHIND_GRADE.exec(shown)?.[1] ?? '';
}

/** `el servicio pagos está caído`, `der Dienst kasse antwortet nicht`: one word between its kind and the verb. */
const IN_SENTENCE =
  /(?<!\p{L})(?:(?:el|del) servicio|la aplicación|o serviço|a aplicação|il servizio|le service|l['’]application|(?:der |de )?dienst|die anwendung|usługa|сервис) ["«„“]?([\p{L}][\p{L}\p{N}_.-]{1,60})["»“”]? (?:está|no|responde|funciona|vuelve|não|voltou|è|non|est|ne|répond|fonctionne|ist|hat|antwortet|reagiert|is|reageert|jest|nie|не|недоступен)(?!\p{L})/iu;

export function subjectOfSentence(title: string): string {
  const shown = title.slice(0, 300);
  return stateInTitle(shown) === undefined ? '' : (IN_SENTENCE.exec(shown)?.[1] ?? '');
}

/** `` `cart-api` restarted 4 times ``: a line below the title that begins with a name as code. */
export function codeInFront({ lines }: Said): string {
  const names = lines
    .slice(1, 6)
    .flatMap(
      ({ text }) => /^[>\s•*-]{0,4}`([a-z][a-z0-9]{0,40}(?:[-_][a-z0-9]{1,40}){1,8})`\s\p{L}/u.exec(text)?.[1] ?? [],
    );
  const name = names.find((one) => !isPartOfMetric(one)) ?? '';
  return workloadOf(name);
}

/** Lines of a group, some with a mark of trouble and some with one of an end: the only name that still burns. */
export function nameBesideMark({ lines }: Said): string {
  const below = lines.slice(1, 12).map(({ text }) => ({ text: text.slice(0, 400), state: markInFront(text) }));
  if (!below.some(({ state }) => state === 'resolved')) return '';
  const names = below.filter(({ state }) => state === 'triggered').map(({ text }) => nameInTitle(bare(text)));
  return new Set(names).size === 1 ? (names[0] ?? '') : '';
}

/**
 * Trackers of errors have the project in the address of an error: `app.bugsnag.com/acme/shop-web/errors/6a`,
 * `rollbar.com/acme/shop-web/items/3`.
 * https://docs.bugsnag.com/product/integrations/data-forwarding/webhook/
 * https://docs.rollbar.com/docs/webhooks
 */
const PROJECT =
  /^https:\/\/(?:[\w-]{1,40}\.)?(?:bugsnag|rollbar)\.com\/(?:a\/)?[\w.-]{1,100}\/(?:fix\/item\/|all\/)?([\w.-]{1,100})\/(?:errors|items)\//;

export function projectInAddress(address: string): string {
  return PROJECT.exec(address.slice(0, 500))?.[1] ?? '';
}

/**
 * The part of a title that is the same at the end of the alert. A name in quotes or in front of an address stands for
 * all of it: what follows is the state and what was measured. Behind the verb and its state stand details.
 */
export function lastingPart(title: string): string {
  const shown = title.slice(0, 400);
  const isSaid = stateInTitle(shown) !== undefined;
  const named = isSaid ? (QUOTED_IN_FRONT.exec(shown)?.[1] ?? checkBeforeAddress(shown)) : '';
  const shortened = shown.replace(DETAILS, ' $1').replace(WHY, ' $1').replace(DONE_BY, ' $1').replaceAll(MENTION, ' ');
  const object = OBJECT_AND_DETAILS.exec(shown);
  if (object?.[1] !== undefined && saidState(object[1]) !== undefined) return object[2] ?? shown;
  const alone = NAME_AND_DETAILS.exec(shown);
  if (alone?.[1] !== undefined && saidState(alone[1]) !== undefined) return alone[2] ?? shown;
  // `Monitor is down: Shop` has the name where others have details.
  return named || (MONITOR.exec(shown)?.[1] ?? (KIND_ALONE.test(shortened) ? shown : shortened));
}

/** `STÖRUNG Schnittstelle cart-export: seit 20 Minuten …`: a word of state, the kind and the name. Behind the colon, each state has other details. */
const OBJECT_AND_DETAILS =
  /^[^\p{L}\p{N}]{0,20}(\p{Lu}{4,20})[^\p{L}\p{N}]{1,4}(\p{L}{3,30} [a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8}) ?: \S/u;

/** `ALERTE — cart-export : 14 % d’erreurs`, `FIN D’ALERTE — cart-export : retour à la normale`: the same with the name alone. */
const NAME_AND_DETAILS =
  /^[^\p{L}\p{N}]{0,20}(\p{Lu}[\p{Lu}’' ]{3,24}) ?[—–] ?([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8}) : \S/u;

/** `[Shop] [Down] Request failed with status code 503`, as Uptime Kuma writes. */
const MONITOR = /^[^\p{L}\p{N}[]{0,20}\[([^\]\n]{1,200})\] \[[^\p{L}\]]{0,6}(?:down|up)\]/iu;

/** A person or a group that the alert calls. Its end does not call them again. */
const MENTION = /(?<=^|\s)@[\w.-]{1,80}(?!\S)/g;

/** `Shop incident acknowledged by Ann Lee` */
const DONE_BY = /\s(acknowledged|resolved|closed)\sby\s.*$/isu;

const KIND_ALONE =
  /^[^\p{L}\p{N}]{0,20}(?:your |the )?(?:monitor|check|site|website|service|host|server|heartbeat|endpoint|job|node) (?:is|went) (?:(?:now|back) )?\p{L}{2,12}$/iu;

/** `… has been triggered due to 3 failures`, `… has been resolved after 5 passes` */
const WHY = /\s(has been (?:triggered|resolved))\s(?:due to|after|because)\s.*$/isu;

const DETAILS =
  /\s((?:is|went)\s(?:(?:now|back)\s)?(?:down|up|unreachable|unhealthy|healthy|online|offline))\b[\s:;,(–—-].*$/iu;

/** In one line, without Slack's emphasis and emoji. */
export function bare(text: string): string {
  return text
    .slice(0, 500)
    .replaceAll(/(?<!\d):[a-z0-9_+-]{1,40}:|[*`]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
