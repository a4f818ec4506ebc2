/**
 * What a change does, where the failure says just that. Both have to name the same thing: an origin, a field, a key, a
 * path, a module.
 *
 *   -  origins: https://a.example, https://b.example      Origin 'https://b.example' has been blocked by CORS policy
 *   +  origins: https://a.example                         ◄── the change takes this origin away
 */

import { otherArchitecture } from '#model/changes/architectures.ts';
import { callsAtOnce } from '#model/changes/calls-at-once.ts';
import type { Change } from '#model/changes/change.ts';
import { copiesApart } from '#model/changes/copies-apart.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { driverUpgraded } from '#model/changes/driver-upgrades.ts';
import { type Effect, type EffectKind, moreIn } from '#model/changes/effect.ts';
import { keysLost } from '#model/changes/lost-keys.ts';
import { plainAddress } from '#model/changes/plain-addresses.ts';
import { connectionsTaken } from '#model/changes/said/capacity.ts';
import { certificateAged } from '#model/changes/said/certificates.ts';
import { columnChanged } from '#model/changes/said/columns.ts';
import { constraintBroken, unnamedRuleBroken } from '#model/changes/said/constraints.ts';
import { memberGone, nameAsked, ruleQuoted, shapeChanged, valueRewritten } from '#model/changes/said/contracts.ts';
import { ownLimitLowered } from '#model/changes/said/database-limits.ts';
import { valueForm } from '#model/changes/said/forms.ts';
import { placeGone } from '#model/changes/said/gone-places.ts';
import { refusedByServer } from '#model/changes/said/grants.ts';
import { issuerBrought } from '#model/changes/said/issuers.ts';
import { valueRefused, valueUnlisted } from '#model/changes/said/lists.ts';
import { keyGone, literalReplaced, stepsChanged, valueBrought, vectorsReplaced } from '#model/changes/said/literals.ts';
import { rowsLoaded } from '#model/changes/said/loads.ts';
import { planOutdated } from '#model/changes/said/plans.ts';
import { referenceGone } from '#model/changes/said/references.ts';
import { registeredOtherwise } from '#model/changes/said/registrations.ts';
import { columnMoved, filesRemoved, itemDisabled, otherBuild, tableMoved } from '#model/changes/said/removals.ts';
import { sortUnindexed } from '#model/changes/said/sorts.ts';
import { classStored } from '#model/changes/said/stored-classes.ts';
import { batchesShrunk, storeShrunk } from '#model/changes/said/stores.ts';
import { topicLeft } from '#model/changes/said/topics.ts';
import {
  clientPerRequest,
  entryGone,
  listOfEach,
  numbersApart,
  rangeNarrowed,
  type Touched,
} from '#model/changes/said/values.ts';
import { podsTogether } from '#model/changes/said/volumes.ts';
import { sessionShared } from '#model/changes/shared-sessions.ts';
import { refusalsOf } from '#model/changes/techniques/refusal-techniques.ts';
import { saysOtherType } from '#model/instruments/type-words.ts';
import { FAILURE_KINDS } from '#model/logs/complaint.ts';

/**
 * `isOfAnybody`: it counts in a service that the request does not show, because both name the same thing. `isOfCallee`: it
 * counts in a service that the one at fault asks. `isExact`: the failure names the very thing that the change is about.
 */
export type SaidEffect = Effect & Readonly<{ isOfAnybody: boolean; isOfCallee?: boolean; isExact?: boolean }>;

/** In a longer diff or message, more is named than it is about. */
const LONGEST = 8_000;

/** `failure`: in lower case. */
export function saidEffects(
  change: Pick<Change, 'text' | 'diff' | 'files' | 'service'>,
  failure: string,
): SaidEffect[] {
  if (failure === '' || change.diff === '') return [];
  const lines = diffLines(change.diff.slice(0, LONGEST));
  const [added, removed, context] = [textOfMark(lines, '+'), textOfMark(lines, '-'), textOfMark(lines, ' ')];
  const all = [change.text, ...change.files, change.diff.slice(0, LONGEST)].join('\n');
  const said = failure.slice(0, LONGEST);
  const touched = { added, removed, context, all };
  const outermost = textOfMark(
    lines.filter(({ indent }) => indent === 0),
    '+',
  );
  const fields = fieldChanged(touched, said);
  const goneKey = fields.length > 0 ? '' : keyGone(touched, said);
  const exact = [
    ...ofAnybody('other-origins', originGone(touched, said)),
    ...ofAnybody('other-credentials', keyReplaced(touched, said)),
    ...ofAnybody('other-credentials', refusedByServer(change.diff.slice(0, LONGEST), said)),
    ...ofOwn('other-credentials', secretOfRefuser(touched, said)),
    ...fields,
    ...ofAnybody('other-host', addressLeft(touched, said)),
    ...ofAnybody('other-source', topicLeft(touched, said)),
    ...ofAnybody('route-gone', pathUnrouted(touched, said, change.service)),
    ...ofAnybody('route-gone', routeRemoved(touched, said)),
    ...ofOwn('larger-payload', listOfEach(touched, said)),
    ...ofOwn('other-modules', moduleMissing(touched, said)),
    ...ofOwn('handling-gone', defaultCaseGone(touched, said)),
    ...ofAnybody('other-name', typeMoved(touched, said)),
    ...ofOwn('stricter-input', rangeNarrowed(touched, said)),
    ...ofAnybody('other-format', numbersApart(touched, said)),
    ...ofAnybody('other-format', valueForm(touched, said)),
    ...ofAnybody('other-format', goneKey),
    ...ofAnybody('other-format', valueBrought(touched, said)),
    ...(goneKey === '' ? ofAnybody('other-name', literalReplaced(touched, said)) : []),
    ...ofAnybody('other-format', vectorsReplaced(touched, said)),
    ...ofOwn('other-format', stepsChanged(touched, said)),
    ...ofOwn('setting-gone', entryGone(touched, said)),
    ...ofOwn('never-closed', clientPerRequest(touched, said)),
    ...ofAnybody('other-architecture', otherArchitecture(touched, said)),
    ...ofAnybody('column-gone', tableMoved(touched, said)),
    ...ofAnybody('column-gone', columnMoved(touched, said)),
    ...ofAnybody('column-gone', columnChanged(touched, said)),
    ...ofOwn('any-migration', planOutdated(touched, said)),
    ...ofOwn('refuses-more', itemDisabled(touched, said)),
    ...ofAnybody('other-host', registeredOtherwise(touched, said)),
    ...ofAnybody('lower-limit', storeShrunk(touched, said, change.service)),
    ...ofAnybody('lower-limit', ownLimitLowered(lines, said)),
    ...ofOwn('unbatched', batchesShrunk(lines, said)),
    ...ofAnybody('route-gone', placeGone(touched, said)),
    ...ofAnybody('other-format', classStored(touched, said)),
    ...ofAnybody('route-gone', filesRemoved(touched, said)),
    ...ofOwn('other-modules', otherBuild(touched, said)),
    ...ofAnybody('new-constraint', constraintBroken(touched, said)),
    ...ofOwn('new-constraint', unnamedRuleBroken(touched, said)),
    ...ofAnybody('more-workers', connectionsTaken(touched, said, change.service)),
    ...ofOwn('other-settings', podsTogether(touched, said)),
    ...ofOwn('other-settings', sessionShared(touched, outermost, said)),
    ...ofOwn('apart-keys', copiesApart(touched, said)),
    ...ofOwn('apart-keys', keysLost(touched, said)),
    ...ofOwn('other-version', driverUpgraded(touched, said)),
    ...ofAnybody('other-host', plainAddress(touched, said)),
    ...ofAnybody('other-trust', issuerBrought(touched, said)),
    ...ofCallee('other-trust', certificateAged(touched, said)),
    ...ofCallee('other-name', referenceGone(touched, said)),
    ...ofOwn('calls-in-loop', callsAtOnce(touched, said)),
    ...ofAnybody('index-gone', sortUnindexed(touched, said)),
    ...ofOwn('unlimited-statement', rowsLoaded(touched, said)),
    ...(SAYS_CORS.test(said) ? [] : ofList(valueUnlisted(touched, said))),
    ...ofCallee('other-name', memberGone(touched, said)),
    ...ofCallee('other-format', shapeChanged(touched, said)),
    ...ofAnybody('other-format', caseBrought(touched, said)),
  ];
  return exact.length > 0 ? exact.map((one) => ({ ...one, isExact: true })) : generalEffects(touched, said);
}

/** Whether the failure names the very thing that the change is about. */
export function isSaidExactly(change: Change, failure: string): boolean {
  return saidEffects(change, failure).some(({ isExact }) => isExact);
}

/** Where nothing more exact is known. */
function generalEffects(touched: Touched, said: string): SaidEffect[] {
  return [
    ...ofOwn('stricter-input', nameAsked(touched, said)),
    ...ofOwn('stricter-input', ruleQuoted(touched, said)),
    ...ofCallee('other-format', valueRewritten(touched, said)),
    ...refusalsOf(touched, said).flatMap(({ kind, said: text, isOfIssuer = false }) =>
      isOfIssuer && ISSUES_TOKENS.test(touched.all) ? ofAnybody(kind, text) : ofCallee(kind, text),
    ),
    ...ofOwn('other-name', valueRefused(touched, said)),
  ];
}

/** Keycloak, Auth0, Okta, Entra ID, Hydra, Spring Authorization Server: what signs tokens for others. */
const ISSUES_TOKENS =
  /\brealms?\b|\bjwks?\b|\boidc\b|\boauth2?\b|\bissuers?\b|\bid(?:entity)?_?-?provider\b|\bidp\b|\bauth(?:orization)?_?-?server\b|signature_?algorithm\b|\bsigning_?alg\w{0,8}/i;

/** Whether the change and the failure name the same thing, whosever the change is. */
export function isSaidOfAnybody(change: Change, failure: string): boolean {
  return saidEffects(change, failure).some(({ isOfAnybody }) => isOfAnybody);
}

function ofAnybody(kind: EffectKind, text: string): SaidEffect[] {
  return text === '' ? [] : [{ kind, text, strength: 1, isOfAnybody: true }];
}

function ofOwn(kind: EffectKind, text: string): SaidEffect[] {
  return text === '' ? [] : [{ kind, text, strength: 1, isOfAnybody: false }];
}

function ofCallee(kind: EffectKind, text: string): SaidEffect[] {
  return text === '' ? [] : [{ kind, text, strength: 1, isOfAnybody: false, isOfCallee: true }];
}

function ofList({ text, isOfAnybody }: Readonly<{ text: string; isOfAnybody: boolean }>): SaidEffect[] {
  return isOfAnybody ? ofAnybody('refuses-more', text) : ofOwn('refuses-more', text);
}

/** Whether the whole name stands in the text; neither is changed to lower case. */
function holds(text: string, name: string, parts = /[\w-]/): boolean {
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1))
    if (!parts.test(text[at - 1] ?? ' ') && !parts.test(text[at + name.length] ?? ' ')) return true;
  return false;
}

/** What browsers and servers say by the Fetch standard: Chrome, Safari, Spring, Django, Express. */
const SAYS_CORS = /\bcors\b|\bcross-origin\b|\baccess-control-allow-/;
const SAID_ORIGIN =
  /\borigin[ :=]{1,3}["'‘“]?(?:https?:\/\/)?([a-z\d][a-z\d.-]{2,120}(?::\d{2,5})?)|["'](?:https?:\/\/)([a-z\d.:-]{3,120})["'] origin\b/g;
const OF_ORIGINS = /origins?\b|\bcors|access-control-allow/i;
const ANY_ORIGIN = /(?:^|["'\s=:,[(])\*(?:["'\s,\])]|$)/m;
const PART_OF_HOST = /[\w.-]/;

/** The origin that it takes out of a list; empty where the failure names none of them. */
function originGone({ added, removed, context, all }: Touched, failure: string): string {
  if (!SAYS_CORS.test(failure) || !OF_ORIGINS.test(all)) return '';
  const [before, now] = [removed.toLowerCase(), `${added}\n${context}`.toLowerCase()];
  const allows = (text: string, origin: string) =>
    holds(text, origin, PART_OF_HOST) ||
    text.includes(`*${origin.slice(origin.indexOf('.'))}`) ||
    ANY_ORIGIN.test(text);
  for (const [, one, other] of failure.matchAll(SAID_ORIGIN)) {
    const origin = (one ?? other ?? '').replace(/[.:]$/, '');
    if (origin !== '' && allows(before, origin) && !allows(now, origin))
      return `it takes ${origin} out of the allowed origins`;
  }
  return '';
}

/** JSON Web Keys (RFC 7517), DKIM, KMS, signatures of messages. */
const SAYS_KEY =
  /\bkid\b|\bjwks?\b|\b(?:signing|signature|encryption|public|verification) ?key\b|\bkey[ _-]?(?:id|version)\b|\bno (?:\w{2,20} ){0,2}keys?\b|\bunknown key\b/;
const OF_KEYS = /\bkid\b|\bjwks?\b|(?:^|[^a-z])keys?(?![a-z])|signing|signature/i;
/** A name of several parts or with digits; a short one needs both. */
const NAME_OF_KEY = /[A-Za-z\d][\w.:-]{4,60}[A-Za-z\d]|(?<![\w.:-])[A-Za-z]{1,4}[_-][A-Za-z\d]{1,3}(?![\w.:-])/g;

/** Dates, versions and addresses are none. */
const IS_KEY = /^(?=.*\d)(?=.*[a-z])(?!\d{4}-\d\d-\d\dT)/i;

/** The key that signs since then, or no longer; empty where the failure does not name it. */
function keyReplaced({ added, removed, context, all }: Touched, failure: string): string {
  if (!SAYS_KEY.test(failure) || !OF_KEYS.test(all)) return '';
  const named = (text: string) =>
    (text.match(NAME_OF_KEY) ?? []).filter((name) => IS_KEY.test(name) && holds(failure, name.toLowerCase()));
  const isIn = (text: string) => (name: string) => holds(text, name);
  const [fresh] = named(added).filter((name) => !isIn(`${removed}\n${context}`)(name));
  const [gone] = named(removed).filter((name) => !isIn(`${added}\n${context}`)(name));
  if (fresh !== undefined) return `it brings the key ${fresh}, which the failure names`;
  return gone === undefined ? '' : `it takes the key ${gone} away, which the failure names`;
}

/** Who refused the credentials: `gateway answered 401`, `the call from a to api.partner.example failed with 403`. */
const REFUSED_BY =
  /([a-z][\w.-]{3,120})(?::\d{2,5})? (?:answered|returned|responded|replied|failed|says|said)(?: with)?:? (?:status |http )?40[13]\b/g;
/** What people do with a secret, and what a secret is. */
const REPLACES =
  /\b(?:rotat\w{1,4}|renew\w{0,3}|revok\w{1,3}|replac\w{1,3}|re-?issu\w{1,3}|regenerat\w{1,3}|new|swap\w{0,4}|switch\w{0,3})\b/i;
const OF_SECRETS =
  /(?:^|[^a-z])(?:keys?|secrets?|passwords?|credentials?|creds|tokens?)(?![a-z])|(?:Key|Secret|Password|Token)(?:Id|Ref|Name|Version)?\b/;
/** Parts of hosts that name nobody. */
const OF_HOSTS =
  /^(?:api|apis|www|com|net|org|example|internal|local|cluster|service|services|prod|production|staging|gateway|auth|login|http|https|post|call)$/;
const SHORTEST_HOST = 4;

/** It replaces a secret and names the host that refuses the call; empty where the failure names another host. */
function secretOfRefuser({ added, removed, all }: Touched, failure: string): string {
  if (added === '' || removed === '' || !REPLACES.test(all) || !OF_SECRETS.test(`${added}\n${all}`)) return '';
  const letters = all.toLowerCase().replaceAll(/[_\W]+/g, '');
  for (const [, host = ''] of failure.matchAll(REFUSED_BY)) {
    const parts = host.split('.').filter((part) => part.length >= SHORTEST_HOST && !OF_HOSTS.test(part));
    const named = parts.find((part) => letters.includes(part.replaceAll(/[_\W]+/g, '')));
    if (named !== undefined) return `it replaces a secret for ${named}, which refuses it`;
  }
  return '';
}

/**
 * What programs say where no branch takes a value: Scala, Kotlin, Java, C#, F#, Elixir, Erlang, Ruby, PHP, OCaml, Haskell,
 * and what authors write themselves.
 */
const SAYS_UNMATCHED =
  /\bmatcherror\b|\bnowhenbranchmatched|\bmatchexception\b|\bswitchexpressionexception\b|\bmatchfailure(?:exception)?\b|\bmatch_failure\b|\b(?:case|cond|function|with)clauseerror\b|\b(?:case|function|if)_clause\b|\bno (?:case|function|cond) clause match|\bnomatchingpattern|\bunhandledmatcherror\b|\bnon-exhaustive patterns\b|\bincomplete pattern match|\bunhandled (?:match |switch )?case\b|\bunmatched case\b/;
/** The branch for every other value: Scala, Kotlin, Rust, C#, F#, Java, Elixir, Python, Ruby, Haskell. */
const TAKES_THE_REST =
  /^[^\S\n]{0,60}(?:\|\s{0,3})?(?:case\s{1,4}_\s{0,3}(?:=>|:|->)|_\s{0,3}(?:=>|->)|else\s{0,3}->|default\s{0,3}(?::|->|=>)|case\s{1,4}default\b|otherwise\b|else\s{0,3}$|true\s{0,3}->)/gm;

/**
 * The value that no branch takes, as it stands at the end of such a failure: `Tier.discount(:gold)` of Elixir and Erlang,
 * `MatchError: Gold (of class …)` of Scala, `case 'gold'` of PHP, `value was Gold` of .NET, `NoMatchingPatternError: :gold`.
 */
const UNMATCHED_VALUE =
  /\(:([a-z]\w{3,60})\)|\bmatcherror: (?:\w{1,60}\.)?([a-z]\w{3,60})\b|\bunhandled match case ["'`]?([a-z]\w{3,60})|\b(?:unmatched )?value (?:was|is) ["'`]?([a-z]\w{3,60})|\bnomatchingpattern\w{0,12}: :?["'`]?([a-z]\w{3,60})|\bno (?:case|cond|with) clause matching: :?["'`]?([a-z]\w{3,60})|\bunmatched case ["'`]?([a-z]\w{3,60})/g;
/** Words of many values. */
const PLAIN_VALUE =
  /^(?:error|none|null|nil|true|false|some|just|nothing|default|other|unknown|undefined|value|string|empty|enabled|disabled)$/;
/** A switch that was off. */
const IS_OFF = /[:=]\s{0,3}["']?(?:off|false|no|0|0%|disabled)["']?\s{0,3},?$/i;

/** The value that it brings or switches on, where the failure says that no branch takes it. */
function caseBrought({ added, removed, context }: Touched, failure: string): string {
  if (!SAYS_UNMATCHED.test(failure)) return '';
  const wasOn = linesOf(`${removed}\n${context}`).filter((line) => !IS_OFF.test(line));
  const isOn = linesOf(added).filter((line) => !IS_OFF.test(line));
  for (const [, ...names] of failure.matchAll(UNMATCHED_VALUE)) {
    const value = names.find((one) => one !== undefined) ?? '';
    if (value === '' || PLAIN_VALUE.test(value)) continue;
    const hasValue = (line: string) => namesPart(line, value);
    if (isOn.some(hasValue) && !wasOn.some(hasValue))
      return `it brings “${value}”, for which the failure has no branch`;
  }
  return '';
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => line.trim());
}

/** The line has the value as a word, or as a part of a name: `platinum_tier`, `Tier.PLATINUM`, `platinumTier`. */
function namesPart(line: string, value: string): boolean {
  const parts = line.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
  const whole = value.replaceAll('_', '');
  return parts.split(/[^a-z\d_]+/).some((name) => name === value || name.split('_').includes(whole));
}

/** It removes the branch that took every other value, and the failure says that no branch takes one. */
function defaultCaseGone({ added, removed }: Touched, failure: string): string {
  const isGone = SAYS_UNMATCHED.test(failure) && moreIn(removed, added, TAKES_THE_REST).length > 0;
  return isGone ? 'it removes the branch for all other values, and the failure says that no branch fits' : '';
}

/**
 * How readers name the field that they cannot read: Jackson, Gson, System.Text.Json, Newtonsoft, Go, serde, pydantic, zod,
 * Joi, JSON Schema, Avro, Protocol Buffers.
 */
const SAID_FIELD =
  /\b(?:field|property|column|key|attribute|element|member|parameter)s?\b[ :=]{1,3}["'`‘“(]?([a-z_][\w.-]{2,80})|\[["']([a-z_]\w{2,60})["']\]|\$\.([a-z_][\w.[\]]{2,80})|["'`]([a-z_]\w{2,60})["'`] (?:must|should|is not|has to)\b|\/([a-z_]\w{2,60}):? must\b|\bpath[ :=]{1,3}["']?\$?\.?([a-z_][\w.[\]]{2,80})/g;
/** Words that stand there, and name no field. */
const NO_FIELD =
  /^(?:the|and|for|not|has|was|does|did|type|name|value|null|path|line|error|errors|missing|required|unknown|expected|with|from|must|should|cannot|could)$/;
const MISSES = /\bmissing\b|\brequired\b|\bno default\b|\bunrecogni[sz]ed\b|\bunknown (?:field|property)|\bundefined\b/;

/** The fields that the failure names, and that the change writes or declares in another form. */
function fieldChanged(touched: Touched, failure: string): SaidEffect[] {
  const isMissed = MISSES.test(failure);
  if (!isMissed && !FAILURE_KINDS.format.test(failure)) return [];
  const named = Array.from(failure.matchAll(SAID_FIELD), ([, ...names]) => lastPart(names.find(Boolean) ?? ''));
  const fields = [...new Set(named)].filter((name) => name !== '' && !NO_FIELD.test(name)).slice(0, MOST_FIELDS);
  const form = { isMissed, isOfType: saysOtherType(failure) };
  return fields.flatMap((name) => otherForm(touched, name, form));
}

const MOST_FIELDS = 20;
/** One word may be a field of many records. */
const OF_PARTS = /[a-z][A-Z]|[A-Za-z]_[A-Za-z]/;
/** So may these, which services have that know nothing of each other. */
const OF_MANY =
  /^(?:user|order|customer|account|tenant|client|product|item|session|request|trace|span|event|message|correlation|parent|external|created|updated|deleted|started|ended|first|last|full|display|user|file|start|end|unit|total|due)_?(?:id|at|by|on|no|name|number|key|uuid|date|time|type|status|price|amount|count)$/i;

/** What the failure says of a field: nobody wrote it, or its value has another type. */
type SaidForm = Readonly<Record<'isMissed' | 'isOfType', boolean>>;

/** Code that makes a text of a number, or a number of a text. */
const CONVERTS =
  /\bto_?string\(|\.to_[sif]\b|\b(?:str|string|int|float|number|bool|boolean|parseint|parsefloat|sprintf|format)!?\(|\bstrconv\.|\bas (?:string|text|varchar)\b|::(?:text|varchar|int)\b|["'`]\$?\{/i;

function otherForm({ added, removed }: Touched, name: string, { isMissed, isOfType }: SaidForm): SaidEffect[] {
  // `draft_cm` and `draftCm` are one field.
  const letters = name.replaceAll('_', '').split('').join('_?');
  const field = new RegExp(`(?<![\\w$])${letters}(?![\\w$])`, 'i');
  const [before, now] = [writing(removed, field), writing(added, field)];
  const written = field.exec(before)?.[0] ?? '';
  const isConverted = CONVERTS.test(before) !== CONVERTS.test(now) && now !== '';
  if (!OF_PARTS.test(written) && !(isConverted && isOfType)) return [];
  const of = OF_MANY.test(written) ? ofOwn : ofAnybody;
  if (now !== '' && before !== now)
    return of('other-format', `it changes the form of “${written}”, which the failure names`);
  const isGone = now === '' && isMissed && !field.test(added);
  return isGone ? of('other-format', `it no longer writes “${written}”, which the failure names`) : [];
}

/** `milljob.parts[0].width` is `width`. */
function lastPart(path: string): string {
  return (
    path
      .replaceAll(/\[[^\]]{0,20}\]?/g, '')
      .split('.')
      .filter((part) => part !== '')
      .at(-1) ?? ''
  ).replaceAll(/[^\w]/g, '');
}

/** It reads the field: `optDouble("width", 0.0)`, `row["width"]`. */
const READS =
  /\b(?:get|read|parse|decode|opt|load|extract|pick|require|fetch|assert|expect)\w{0,30}\s{0,2}[(<]\s{0,2}["'`]$|[\w)]\[["'`]$/i;
const ASSIGNED = /^["'`]?\]\s{0,3}=(?!=)/;
/** It writes or declares it: `"width": …`, `put("width", …)`, `width = …`, `.width(…)`, `double width;`, `int32 width = 3;`. */
const WRITTEN =
  /^["'`]?\s{0,3}(?::|,|=>|=(?!=)|\(|;|\)|\]\s{0,3}=(?!=)|\?\s{0,2}:|\s\{\s?get\b|\s{1,20}[*[\]]{0,3}[\w.]{2,40}\s{1,20}`)/;
const SETTER = /\bset$/;
/** What a line of a log holds, nobody reads. */
const LOGS = /\b(?:log\w{0,10}|console|slog|print\w{0,4})\b\s{0,2}[.(]/i;

/** The lines that write or declare the field, in one style. */
function writing(text: string, field: RegExp): string {
  return text
    .split('\n')
    .filter((line) => {
      const found = field.exec(line);
      if (found === null || LOGS.test(line)) return false;
      const [before, after] = [line.slice(0, found.index), line.slice(found.index + found[0].length)];
      if (READS.test(before) && !ASSIGNED.test(after)) return false;
      return WRITTEN.test(after) || SETTER.test(before);
    })
    .map((line) => line.replaceAll(/[\s,;]+/g, ' ').trim())
    .join('\n');
}

/** A proxy, a kernel or a client got nothing from an address: nginx, Traefik, Envoy, HAProxy, Go, Node.js, Java, Linux. */
const SAYS_UNREACHED =
  /\b50[234]\b|\bno route to host\b|\b(?:host|network) (?:is )?unreachable\b|\behostunreach\b|\beconnrefused\b|\bconnection (?:was )?refused\b|\bconnect(?:ion)? timed? ?out\b|\bi\/o timeout\b|\betimedout\b|\bno_route_to_host\b/;
/** With its port or without. */
const ADDRESS = /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w.-])/g;
/** What gets a new address, by people's words: Kubernetes, Nomad, virtual machines, cloud consoles. */
const MOVES =
  /\b(?:mov(?:e[ds]?|ing)|migrat\w{1,5}|re-?schedul\w{1,4}|drain\w{0,3}|re-?plac\w{1,4}|re-?creat\w{1,4}|re-?address\w{0,3}|re-?build\w{0,3}|new nodes?|node[- _]?(?:pool|selector|group)s?|nodeName|affinity|fail(?:ed|s)?[- ]?over|subnets?|cidr)\b/i;

/**
 * The address that nobody answers at, where the change takes it away, brings it, or keeps it for what it moves elsewhere;
 * empty where the failure names none of them.
 */
function addressLeft({ added, removed, context, all }: Touched, failure: string): string {
  if (!SAYS_UNREACHED.test(failure)) return '';
  const said = new Set(failure.match(ADDRESS));
  const named = (text: string) => (text.match(ADDRESS) ?? []).find((one) => said.has(one));
  const [fresh, gone, kept] = [named(added), named(removed), named(context)];
  if (fresh !== undefined && fresh !== gone) return `it brings the address ${fresh}, where nobody answers`;
  if (gone !== undefined && fresh === undefined) return `it takes ${gone} away, where nobody answers now`;
  return kept !== undefined && MOVES.test(`${all}\n${removed}`) ? `it moves what had the address ${kept}` : '';
}

/** Envoy's flag NR, Kong, Traefik, Gateway API, Spring Cloud Gateway. */
const SAYS_NO_ROUTE =
  /\broute_not_found\b|\bno (?:matching )?routes? (?:matched|found|for)\b|\bno route matched\b|\s404 nr\b/;
const SAID_PATH = /"(?:get|post|put|patch|delete|head|options) (\/[^\s?"]{0,200})/g;
/** Istio, Gateway API, Ingress, Traefik, Kong, Envoy, nginx. */
const MATCHER =
  /\b(path_?prefix|prefix|exact|path|uri|location|value)["'`]?\s{0,3}[:=({\s]\s{0,3}["'`]?(\/[\w\-./]{0,200})/gi;

/** The path that it no longer routes; empty where the failure names none of them. */
function pathUnrouted({ added, removed, context, all }: Touched, failure: string, service: string): string {
  if (!SAYS_NO_ROUTE.test(failure)) return '';
  const named = [service.toLowerCase(), ...(all.toLowerCase().match(/[a-z][\w-]{3,60}/g) ?? [])];
  const hosts = failure.match(/[a-z][\w-]{3,60}(?=:\d{2,5}\b|\.[\w.-]{1,80}:\d{2,5}\b)/g) ?? [];
  if (!hosts.some((host) => named.includes(host))) return '';
  for (const [, path = ''] of failure.matchAll(SAID_PATH))
    if (routes(removed, path) && !routes(`${added}\n${context}`, path)) return `it no longer routes ${path}`;
  return '';
}

/** `path`: in lower case. */
function routes(text: string, path: string): boolean {
  return Array.from(text.matchAll(MATCHER)).some(([line, kind = '', of = '']) => {
    const isWhole = /exact/i.test(kind) || /exact/i.test(line);
    const start = of.toLowerCase().replace(/\/$/, '');
    return isWhole ? path === of.toLowerCase() : path === start || path.startsWith(`${start}/`);
  });
}

/** How the change took away this path, which a gateway or a service answered with 404; empty where it did not. */
export function unrouted({ diff }: Pick<Change, 'diff'>, asked: string): string {
  const path = asked.toLowerCase();
  if (diff === '' || path.length < SHORTEST_PATH) return '';
  const lines = diffLines(diff.slice(0, LONGEST));
  const [added, removed, context] = [textOfMark(lines, '+'), textOfMark(lines, '-'), textOfMark(lines, ' ')];
  if (routes(removed, path) && !routes(`${added}\n${context}`, path)) return `it no longer routes ${asked}`;
  return routeRemoved({ added, removed, context, all: diff }, `get ${path} answered 404`);
}

/** `/` and `/v1` are the beginning of many paths. */
const SHORTEST_PATH = 4;

/** What a caller got for a path: the text of a failed call. */
const UNANSWERED_PATH = /\b(?:get|post|put|patch|delete|head|options) (\/[^\s?"]{1,300}) answered (?:404|405|410)\b/g;
/** Spring, JAX-RS, ASP.NET Core, Express, Flask, FastAPI, Rails, Gin, chi, Laravel, Axum: a path in quotes, with names of its parts. */
const ROUTE_PATH = /["'`](\/[\w\-./:{}<>*@$[\]]{1,200})["'`]/g;
const DECLARES_ROUTE =
  /@?\b(?:Request|Get|Post|Put|Delete|Patch|Head)?Mapping\b|@(?:Path|Get|Post|Put|Delete|Patch)\b|\[(?:Http\w{3,7}|Route)\b|\bMap(?:Get|Post|Put|Delete|Patch|Group)\(|\.(?:get|post|put|delete|patch|route|handle\w{0,10}|use|add_url_rule|add_api_route)\(|\bRoute::|^\W{0,12}(?:get|post|put|patch|delete|match|resources?|path|re_path|scope)\b/i;

/** The route that it takes away, where a caller got no answer for its path; empty where none fits. */
function routeRemoved({ added, removed, context }: Touched, failure: string): string {
  const asked = Array.from(failure.matchAll(UNANSWERED_PATH), ([, path = '']) => path);
  if (asked.length === 0) return '';
  const left = routesIn(`${added}\n${context}`);
  for (const route of routesIn(removed)) {
    const path = asked.find((one) => isOfRoute(one, route));
    if (path !== undefined && !left.some((other) => isOfRoute(path, other))) return `it removes the route ${route}`;
  }
  return '';
}

function routesIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => DECLARES_ROUTE.test(line))
    .flatMap((line) => Array.from(line.matchAll(ROUTE_PATH), ([, path = '']) => path))
    .filter((path) => path.length > 1);
}

/** `/v1/seats/a7` is of `/v1/seats/{row}`, of `/v1/seats/:row` and of `/seats/<row>` below a prefix. */
function isOfRoute(path: string, route: string): boolean {
  const [asked, parts] = [path, route].map((one) => one.toLowerCase().split('/').filter(Boolean)) as [
    string[],
    string[],
  ];
  if (parts.length === 0 || asked.length < parts.length) return false;
  const from = asked.length - parts.length;
  const isSame = parts.every((part, at) => /[{}<>:*[\]]/.test(part) || part === asked[from + at]);
  return isSame && parts.some((part) => !/[{}<>:*[\]]/.test(part));
}

/** Python, Node.js, Ruby, Java, PHP, Perl, .NET, Deno, the dynamic linker. */
const SAID_MODULE =
  /\bno module named ["'`]?([\w.]{2,80})|\bcannot find (?:module|package) ["'`]([^"'`\n]{2,80})["'`]|\bcannot load such file -- ([\w/-]{2,80})|\b(?:classnotfoundexception|noclassdeffounderror): ([\w./$]{3,160})|\bclass ["'`]([\w\\]{3,120})["'`] not found|\bcan't locate ([\w/]{2,80})\.pm|\bcould not load file or assembly ["'`]([\w.-]{2,80})|\b(lib[\w+-]{2,60}\.so)[\w.]{0,20}: cannot open shared object/g;
const IMPORTS =
  /^\W{0,4}(?:import|from|require\w{0,10}|use|using|include\w{0,10}|load|library|export)\b|\b(?:require|import|import_module)\s{0,2}\(/i;
/** Lists of what is installed. */
const OF_PACKAGES =
  /(?:requirements|package(?:-lock)?|pyproject|pipfile|gemfile|composer|pom|build\.gradle|dockerfile|go\.mod|cargo|environment|cpanfile|setup|layers?)\w{0,20}(?:\.\w{2,6})?\b|\.csproj\b/i;

/** What brings packages to where code runs: layers of functions, installers, copied folders, search paths. */
const PROVIDES =
  /\blayers?["']?\s{0,3}[:=]\s{0,3}\[?\s{0,3}[^\s[\]]|:layer:|!ref\s{1,3}\w{0,60}layer\b|\b(?:pip3?|npm|yarn|pnpm|bundle|composer|poetry|uv|apt-get|apk|dnf|gem|cpanm)\s{1,3}(?:-\S{1,30}\s{1,3}){0,4}(?:install|ci|add|sync)\b|\bcopy\b[^\n]{0,120}\b(?:node_modules|vendor|site-packages|venv)\b|\b(?:pythonpath|node_path|classpath|ld_library_path|gem_path|perl5lib)\b/i;

/** The module that it imports, or whose package it takes away; empty where the failure misses none of them. */
function moduleMissing(touched: Touched, failure: string): string {
  const [added, removed, kept] = [touched.added, touched.removed, touched.context].map((text) => text.toLowerCase());
  for (const [, ...names] of failure.matchAll(SAID_MODULE)) {
    const name = names.find((one) => one !== undefined) ?? '';
    const known = [name, name.split(/[./\\]/).at(-1) ?? '', name.split(/[.\\]/)[0] ?? '', name.replaceAll('/', '.')];
    const imports = (text = '') => text.split('\n').some((line) => IMPORTS.test(line) && isOneOf(known, line));
    if (imports(added) && !imports(removed) && !imports(kept)) return `it imports ${name}, which is missing there`;
    const lost = packageLost(touched, { name, known });
    if (lost !== '') return lost;
  }
  return '';
}

function packageLost(touched: Touched, { name, known }: Readonly<{ name: string; known: readonly string[] }>): string {
  const [added, removed, kept] = [touched.added, touched.removed, touched.context].map((text) => text.toLowerCase());
  const packages = [...known, ...known.flatMap((one) => DISTRIBUTIONS[one] ?? [])];
  const lists = (text = '') => isOneOf(packages, text, /\w/);
  if (OF_PACKAGES.test(touched.all) && lists(removed) && !lists(added) && !lists(kept))
    return `it takes ${name} out of the packages`;
  if (PROVIDES.test(removed ?? '') && !PROVIDES.test(added ?? ''))
    return `it removes what installed packages, and ${name} is missing`;
  const bundle = bundleReplaced(touched);
  return bundle === '' ? '' : `it replaces ${bundle}, and ${name} is missing`;
}

/** A layer of a function, and an image, with their versions. */
const BUNDLE =
  /(?:\blayer:|^\W{0,3}from\s{1,3}|\bimage["']?\s{0,3}[:=]\s{0,3}["']?)([a-z\d][\w./-]{1,120}):([a-z\d][\w.-]{0,60})/gim;

/** What brings the packages, and has another version since then. */
function bundleReplaced({ added, removed }: Touched): string {
  const bundles = (text: string) =>
    Array.from(text.matchAll(BUNDLE), ([, name = '', version = '']) => ({ name, version }));
  const now = bundles(added);
  const gone = bundles(removed).find((old) =>
    now.some(({ name, version }) => name === old.name && version !== old.version),
  );
  return gone === undefined ? '' : `${gone.name}:${gone.version}`;
}

function isOneOf(names: readonly string[], text: string, parts?: RegExp): boolean {
  return names.some((name) => name.length >= SHORTEST_MODULE && holds(text, name, parts));
}

/** PyPI's packages whose modules have other names. */
const DISTRIBUTIONS: Readonly<Record<string, readonly string[]>> = {
  attr: ['attrs'],
  bs4: ['beautifulsoup4'],
  cv2: ['opencv-python'],
  crypto: ['pycryptodome'],
  dateutil: ['python-dateutil'],
  docx: ['python-docx'],
  dotenv: ['python-dotenv'],
  git: ['gitpython'],
  jose: ['python-jose'],
  jwt: ['pyjwt'],
  magic: ['python-magic'],
  mysqldb: ['mysqlclient'],
  pil: ['pillow'],
  serial: ['pyserial'],
  sklearn: ['scikit-learn'],
  yaml: ['pyyaml'],
};

/**
 * What readers of messages say where the type that a message names does not exist there: Symfony Messenger, Laravel and
 * PHP's unserialize, Jackson's type ids, Java's and .NET's serialization, Python's pickle, Rails' and Ruby's YAML and Marshal.
 */
const SAID_TYPE =
  /\bmessage class ["'`]([\w\\]{3,160})["'`] not found\b|\b__php_incomplete_class\b.{0,80}["'`]([\w\\]{3,160})["'`]|\bcould not resolve type id ["'`]([\w.$]{3,160})["'`]|\b(?:classnotfoundexception|noclassdeffounderror): ([\w./$]{3,160})|\bcould not load type ["'`]([\w.+]{3,160})["'`]|\bcan't get attribute ["'`](\w{3,80})["'`] on <module|\b(?:uninitialized constant|undefined class\/module) ([\w:]{3,160})/g;
/** Where a class lives, in PHP, C#, Java, Kotlin, Scala and Ruby. */
const LIVES_IN = /^[^\S\n]{0,20}(?:namespace|package|module)\s{1,4}([\w.:\\]{2,160})/gim;

/** The type that it moves to another package or renames; empty where the failure does not miss it. */
function typeMoved({ added, removed, all }: Touched, failure: string): string {
  const homes = (text: string) =>
    Array.from(text.matchAll(LIVES_IN), ([, name = '']) => partsOfType(name.toLowerCase()).join('.'));
  const declares = (text: string, name: string) =>
    new RegExp(`\\b(?:class|record|interface|struct|message|enum|object|trait)\\s{1,4}${name}\\b`, 'i').test(text);
  const everything = all.toLowerCase();
  for (const [, ...names] of failure.matchAll(SAID_TYPE)) {
    const parts = partsOfType(names.find((one) => one !== undefined) ?? '');
    const name = parts.at(-1) ?? '';
    const home = parts.slice(0, -1).join('.');
    if (name.length < SHORTEST_MODULE || !/^\w+$/.test(name) || !holds(everything, name, /\w/)) continue;
    const isMoved = home !== '' && homes(removed).includes(home) && homes(added).some((other) => other !== home);
    const isRenamed = declares(removed, name) && !declares(added, name);
    if (isMoved || isRenamed) return `it moves or renames ${name}, which the failure misses`;
  }
  return '';
}

function partsOfType(name: string): readonly string[] {
  return name.split(/[.\\:/$+]+/).filter((part) => part !== '');
}

/** Shorter ones are parts of much else. */
const SHORTEST_MODULE = 3;
