/**
 * A refusal is a person's own matter, unless the service that refuses says in its warning or error of this request that
 * it refuses many, that programs are refused, or since when something that people operate is other:
 *
 *   403   no policy names the service account of the shop      a program is refused: nobody typed anything wrong
 *   404   840 bookings lost in 20 minutes                      many are refused
 *   404   "Primary script unknown" for /menu                   the server cannot find its own program
 *   400   too many fields, and the survey cannot be stored     a form of the product's own passes the product's own limit
 *   413   limit 10 MB, devices with firmware 7 send 24 MB since Monday
 *
 * A person's state (`user 12 is blocked since Monday`), tries to log in, and what is meant say nothing of the service.
 */
import type { Sighting } from '#model/finding/finding.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { ERROR, severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** RFC 9110. A conflict, a payment and a rate are matters of the request. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 406, 413, 415, 422, 431]);
const OF_RIGHTS: ReadonlySet<number> = new Set([401, 403]);

/** Who is refused is a program: Kubernetes, SPIFFE (Istio, Linkerd), Google Cloud, Azure, AWS, mutual TLS. */
const PROGRAM =
  /\bservice[ -]?accounts?\b|\bsystem:serviceaccount:|\bspiffe:\/\/|\bcluster\.local\/ns\/[\w-]{1,63}\/sa\/|\bmanaged identity\b|\bworkload identity\b|\b(?:client|peer) certificate\b|:assumed-role\/|\.iam\.gserviceaccount\.com\b/i;
const DENIED =
  /\bden(?:y|ied|ies)\b|\brefus\w{2,3}\b|\breject\w{2,3}\b|\bforbidden\b|\bunauthori[sz]ed\b|\bnot (?:allowed|authori[sz]ed|permitted|trusted|known)\b|\bno (?:\w{1,20} )?policy\b|\bcannot\b/i;

/** More than nine, with the time in which that was. */
const MANY =
  /\b\d{2,9} (?:[\w-]{1,20} ){1,4}(?:(?:was|were|are|is|been) )?(?:refused|rejected|lost|failed|denied|dropped)\b.{0,60}\b(?:in|within|during|over|since)\b/i;
/** Nearly all of them, or so many since a time of the day: `100 % of 412 requests since 09:00 rejected`. */
const NEARLY_ALL =
  /\b(?:100|9\d(?:\.\d{1,2})?) ?(?:%|percent) of (?:all |the )?(?:[\d,.]{1,12} )?(?:\w{1,20} ){0,2}(?:requests?|tokens?|calls?|messages?|uploads?|webhooks?|deliveries|sessions?)\b.{0,60}\b(?:refused|rejected|failed|denied|dropped|unauthori[sz]ed)\b|(?<!% of )\b\d{2,9} (?:\w{1,20} ){0,2}(?:requests?|tokens?|calls?|messages?|uploads?|webhooks?|deliveries|sessions?) since \d{1,2}:\d\d(?::\d\d)? (?:(?:was|were|are|have been) )?(?:refused|rejected|failed|denied|dropped)\b/i;
/** Nobody gets through: then the reason does not lie with one of them. */
const EVERYONE =
  /\b(?:refused|rejected|denied|blocked|failing|failed|dropped) (?:for|to) (?:all|every|everyone|everybody|each)\b|\b(?:every|all|each) (?:[\w-]{1,20} ){1,4}(?:(?:is|are|was|were|has been|have been) )?(?:refused|rejected|denied|blocked|dropped)\b|\bnone (?:of (?:them|\d{1,9}) )?(?:(?:is|are|was|were) )?(?:accepted|verified|let through|passed|delivered|stored)\b/i;
/**
 * How many fields a form or a query may have: Django, PHP, Rack, Express, Starlette, Werkzeug, ASP.NET Core, Tomcat, Jetty,
 * multer. https://docs.djangoproject.com/en/stable/ref/settings/#data-upload-max-number-fields
 */
const FIELD_LIMIT =
  /\bDATA_UPLOAD_MAX_NUMBER_F(?:IELDS|ILES)\b|\bTooManyFieldsSent\b|\binput variables exceeded \d|\bmax_input_vars\b|\bexceeded available parameter key space\b|\bQueryLimitError\b|\bnumber of (?:fields|parameters|multipart parts|query parameters)\b.{0,40}\bexceed\w{0,3}\b|\btoo many (?:fields|parameters|form parts|parts|keys)\b|\bparameters\.too\.many\b|\bLIMIT_(?:FIELD|PART)_COUNT\b|\bform (?:value|key) count limit\b|\bmaximum number of (?:request )?(?:parameters|fields|parts)\b|\bmaxParameterCount\b|\bmax_form_parts\b/i;
/** The service's own error of the same request: what people did is lost, or the form is the product's own. */
const OWN_FORM =
  /\b(?:cannot|could not|not|never) (?:be )?(?:stored|saved|kept|sent|written|recorded|imported|updated|submitted)\b|\b(?:our|its) own (?:form|page|app|client|making|front ?-?end)\b|\bof our own\b|\blost\b/i;
/** Who tries what is not theirs is refused rightly, however often. */
const OF_TRIES =
  /\b(?:logins?|log-?ins?|sign-?ins?|attempts?|passwords?|guess(?:es)?|tries|probes?|scan(?:s|ners?)?|bots?|crawlers?|spam\w{0,4}|attack\w{0,3}|brute)\b|\bfrom (?:one|a single|\d{1,3}\.\d{1,3}\.)/i;

/** What people operate. */
const OPERATED =
  /\b(?:firmware|releases?|versions?|deploy\w{0,5}|roll-?outs?|polic(?:y|ies)|namespaces?|config\w{0,9}|certificates?|secrets?|schemas?|migrations?|upgrades?|updates?|restarts?|gateway|proxy|mesh|buffer|default-deny)\b/i;
/** A moment, and not a reason. */
const SINCE =
  /\bsince (?:yesterday|noon|midnight|this morning|(?:mon|tues|wednes|thurs|fri|satur|sun)day|last (?:night|week|month)|\d{1,2}:\d\d|\d{4}-\d\d|(?:the|its|our) (?:(?:last|new|latest) )?(?:deploy\w{0,5}|release|roll-?out|restart|update|upgrade|migration|change|switch|move|failover|rotation)\b|(?:[\w’'-]{1,30} ){1,5}(?:became|changed|switched|moved|expired|rotated|updated|upgraded|deployed|renamed|replaced|applied|activated|enabled|installed|merged|rolled out)\b)/i;

/** The state of one person, or of what one person bought. */
const OF_PERSON =
  /\b(?:users?|customers?|members?|readers?|(?<!service[ -])accounts?|guests?|visitors?|patients?|drivers?|students?|players?|tenants?|subscribers?|subscriptions?|vouchers?|coupons?|licen[cs]es?|tickets?|cards?) (?:[\w*@#.-]{1,40} )?(?:is|was|has|had|are|may|blocked|suspended|banned|expired|locked|ended)\b/i;
/** It is as people want it. */
const MEANT =
  /\bby design\b|\bas (?:planned|intended|designed|agreed|expected|announced|usual)\b|\bon purpose\b|\bexpected\b|\bintended\b|\bretired\b|\bdeprecated\b|\bshut (?:off|down)\b|\bend[- ]of[- ]life\b|\bno longer supported\b|\bsunset\b|\bannounced\b|\bblock-?list\w{0,3}\b|\btest\b|\bdrill\b/i;

const LONGEST_READ = 2_000;
/** A refusal is passed on by a few services. */
const MOST_READ = 1_000;

/**
 * The line, and the span of the service that refused; undefined where no line makes the refusal a fault, or where something
 * else than a refusal failed the request. `found`: what failed.
 */
export function refusalOfMany(
  trace: Trace,
  logs: readonly LogLine[],
  found: readonly Sighting[] = [],
): Readonly<{ line: LogLine; span: SpanIndex }> | undefined {
  if (!REFUSALS.has(trace.httpStatus(trace.root))) return undefined;
  const behind = found.filter(({ facts }) => facts.reachedRoot === true).flatMap(({ spans = [] }) => spans);
  if (!behind.every((span) => REFUSALS.has(trace.httpStatus(span)))) return undefined;
  const refusing = refusingSpans(trace);
  for (const line of logs) {
    const span = severityOf(line.level) >= WARN ? refusing.get(line.service) : undefined;
    if (span === undefined) continue;
    const said = logMessage(line).slice(0, LONGEST_READ);
    const isFault =
      isOfRequest(line) &&
      (saysFault(said, trace.httpStatus(span)) || (FIELD_LIMIT.test(said) && losesForm(line, logs)));
    if (isFault || missesScript(trace, span, line)) return { line, span };
  }
  return undefined;
}

/**
 * The server passed the request on to a program whose file is not there: FPM behind nginx or Apache, mod_wsgi, CGI.
 * https://www.php.net/manual/en/install.fpm.php, https://modwsgi.readthedocs.io/en/master/user-guides/configuration-issues.html
 */
const NO_SCRIPT = /\bprimary script unknown\b|\b(?:target wsgi )?script not found or unable to stat\b/i;
/** Who asks for a file by its name, such as a scanner, may ask for one that never was. */
const OF_SCRIPT = /\.(?:php\d?|phtml|f?cgi|pl|py|aspx?)(?:$|[/?#])/i;
const ASKED = /"[A-Z]{3,8} (\/[^\s"]{0,1000})/;

/** The line is about this request where it has the path, in its time. */
function missesScript(trace: Trace, span: SpanIndex, line: LogLine): boolean {
  const text = line.line.slice(0, LONGEST_READ);
  if (trace.httpStatus(span) !== NOT_FOUND || !NO_SCRIPT.test(text)) return false;
  const [, path = ''] = ASKED.exec(text) ?? [];
  const known = [trace.text(span, 'url.path'), trace.text(span, 'http.route'), trace.operation(span)];
  const isAsked = path === '' ? isOfRequest(line) : known.some((one) => one.endsWith(path.replace(/[?#].*$/s, '')));
  const atUs = epochUsOf(line) - trace.startEpochUs;
  const isThen = atUs >= trace.startUs(span) && atUs <= trace.endUs(span) + LOGGED_WITHIN_US;
  return isAsked && isThen && !OF_SCRIPT.test(path || known.join(' '));
}

const NOT_FOUND = 404;
/** A server writes its line as it answers. */
const LOGGED_WITHIN_US = 1_000_000;

function refusingSpans(trace: Trace): ReadonlyMap<string, SpanIndex> {
  const refusing = new Map<string, SpanIndex>();
  for (let span = 0; span < trace.spanCount && span < MOST_READ; span += 1)
    if (trace.kind(span) === 'server' && REFUSALS.has(trace.httpStatus(span))) refusing.set(trace.service(span), span);
  return refusing;
}

function saysFault(said: string, status: number): boolean {
  if (MEANT.test(said) || OF_PERSON.test(said) || OF_TRIES.test(said)) return false;
  if (OF_RIGHTS.has(status) && PROGRAM.test(said) && DENIED.test(said)) return true;
  return (
    MANY.test(said) ||
    NEARLY_ALL.test(said) ||
    (EVERYONE.test(said) && SINCE.test(said)) ||
    (SINCE.test(said) && OPERATED.test(said))
  );
}

/** A scanner that sends ten thousand fields loses nothing of ours. */
function losesForm(limit: LogLine, logs: readonly LogLine[]): boolean {
  return logs.some((line) => {
    if (line.service !== limit.service || !isOfRequest(line) || severityOf(line.level) < ERROR) return false;
    return OWN_FORM.test(logMessage(line).slice(0, LONGEST_READ));
  });
}
