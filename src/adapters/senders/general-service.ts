/** Finds the service that an alert of an unknown sender is about. */
import { isPartOfMetric, nameInTitle, workloadOf } from '#adapters/alert-fields.ts';
import { isExporter } from '#model/incident/alert-service.ts';
import type { Field } from './payload-fields.ts';
import { fieldsLike } from './pick-field.ts';
import { saidState } from './state-words.ts';

/** Names of the service, most telling first: what the sender calls a service, then parts of one, then what is watched. */
const SERVICES: readonly RegExp[] = [
  /^(?:(?:affected|impacted|failing|target|primary|source|alert|incident|root|rootcause|business|micro)?(?:services?|svc)(?:name|slug|label|display|displayname|names)?|(?:components?|services?|systems?)(?:affected|impacted)|impactedservicenames|dienst|servicio|servico|serviço|usługa|usluga|servizio|сервис|服务|服务名|服务名称|应用服务|サービス|サービス名|서비스|서비스명|sfservice|ddservice|otelservicename|microserviceid|applicationservice)$/u,
  /^(?:(?:affected|impacted)?(?:app|application|applikation|anwendung|aplicación|aplicacion|aplicação|applicazione|приложение|应用|应用名称|アプリ|アプリケーション|앱|component|components|subsystem|workload|microservice)s?(?:name|slug)?|appname|appid|cmdbci|configurationitem|businessapplication)$/u,
  /^(?:(?:affected|impacted|root|rootcause|alerted)?(?:entity|entities|entityname|entitylabel|entitydisplayname|entitycaption)s?|nodecaption)$/,
  /^(?:k8s|kubernetes|kube)?pod(?:name)?$/,
  /^(?:(?:k8s|kubernetes|kube|involved)?(?:deployment|statefulset|daemonset|cronjob|replicaset|workload|container|job|ownername|controller)(?:name)?|functionname|lambdaname|queuename|queue|topic|consumergroup|dbinstanceidentifier|dbinstance|database|databasename|dbname|cluster|clustername|projectname|project|projectslug|repository|reponame|site|sitename|website|pipeline|pipelinename|dag|dagid|jobname|connectorname|workflowtype|taskqueue|streamname|table|tablename|environmentname|dataset)$/,
  /^(?:(?:affected|impacted|root|rootcause)?(?:resource|resourcename|resourcedisplayname|resources|target|targetname|targets|asset|object|element|node|displayentity|configitem|monitoredobject|objectname|sourcename|originname|poolname|targethostname|对象|リソース)s?)$/u,
  /^(?:(?:check|healthcheck|monitor|test|heartbeat|probe|endpoint|website|site|watch)(?:friendly|display)?name|monitor|check|heartbeat|endpoint|friendlyname|alias|监控项|监视名)$/u,
  /^(?:host|hosts|hostname|hostalias|hostdisplayname|instance|instancename|server|servername|device|devicename|machine|machinename|vm|fqdn|nodename|computer|rechner|équipement|equipo|хост|узел|主机|主机名|ホスト|ホスト名|호스트|호스트명|agent|agentname|systemname|域名|domain|serverhost|zonename|instanceid)$/u,
];

/** Objects whose name is the service, in the same order. */
const HOLDERS: readonly RegExp[] = [
  /^(?:affected|impacted|primary)?(?:services?|svc|servicedetails|dienst)$/,
  /^(?:app|application|applications|components?|affectedcomponents|workload|subsystem|involvedobject|objectmeta|subject|regarding)$/,
  // What is affected says more than the project or the cluster that holds it.
  /^(?:affected|impacted)?(?:entity|entities)$|^(?:affected|impacted)(?:resources?|targets?|assets?|objects?)$/,
  /^pod$/,
  /^(?:deployment|statefulset|daemonset|cronjob|job|project|repository|function|container|queue|database|cluster|site|pipeline)$/,
  /^(?:affected|impacted)?(?:resources?|targets?|asset|object|configitem)$/,
  /^(?:monitor|check|heartbeat|snitch|probe|test|website|endpoint|watch)$/,
  /^(?:host|hosts|server|device|machine|node|instance|vm|agent)$/,
];

const NOT_IN =
  /^(?:previous\w*|old\w*|users?|author|actor|assignees?|creator|owners?|teams?|organi[sz]ation|integration|webhook|contacts?|comments?|notes?|history|links?|sender|responders?|notifier|account|company|workspace|suspectedcommits?|commits?|headcommit|pusher)$/;

/** Values of such fields that name nothing. */
const NOTHING =
  /^(?:none|null|unknown|undefined|n\/?a|default|prod(?:uction)?|staging|all|any|\*|-|true|false|\d{1,12}|global|no service|unassigned)$/i;

/** How many of the names tell what is broken. The others also say where it is: in a project, a cluster, on a host. */
const TELLING = 3;

/** What the fields call a service, an application or an entity; empty where they name only where it is. */
export function serviceNamed(fields: readonly Field[]): string {
  return nameAmong(watchedAmong(fields), SERVICES.slice(0, TELLING));
}

/** An exporter and the service that reports count only where the fields name nothing else. */
function serviceIn(fields: readonly Field[]): string {
  return nameAmong(watchedAmong(fields), SERVICES) || nameAmong(fields, SERVICES);
}

function watchedAmong(fields: readonly Field[]): readonly Field[] {
  const source = fields.find(({ name, holders }) => name === 'source' && holders.length === 0)?.value ?? '';
  // GuardDuty, whose source is `aws.guardduty`, calls itself the service of a finding.
  const reports = (value: string) =>
    REPORTED.test(value) || (value !== '' && source.toLowerCase().endsWith(`.${value.toLowerCase()}`));
  const isOwnSite = (name: string) => name === 'site' && isOfCheckmk(fields);
  return fields.filter(({ name, value }) => !isExporter(value) && !reports(value) && !isOwnSite(name)).map(withoutType);
}

/**
 * The site of Checkmk is the monitoring itself, beside the host that it watches.
 * https://docs.checkmk.com/latest/en/notifications.html
 */
function isOfCheckmk(fields: readonly Field[]): boolean {
  const has = (names: RegExp) => fields.some(({ name, kind }) => kind !== 'null' && names.test(name));
  return has(/^host(?:name)?$/) && has(/^notificationtype$/) && has(/^(?:checkcommand|what)$/);
}

/**
 * What a reporting service of Amazon made itself: EventBridge lists it as the resource of the event, beside the resource
 * that it is about.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
 */
const REPORTED = /^arn:[\w-]{1,20}:(?:securityhub|guardduty|inspector2|macie2|access-analyzer):/;

/**
 * A field about an entity may hold its type in front of its name, and the problem before both. One that is only called
 * `Impacted` may also hold a number of users: it names an entity where the type says so.
 */
function withoutType(field: Field): Field {
  const name = /entit|impacted|affected/.test(field.name)
    ? nameBehindType(field.value) || (BEHIND_PLAIN_TYPE.exec(field.value)?.[1] ?? '')
    : '';
  if (name === '') return field;
  return { ...field, value: name, name: /^(?:impacted|affected)$/.test(field.name) ? 'affectedentity' : field.name };
}

/**
 * Types as Dynatrace and its like write them before the name of an entity: `Web service Quotes`, `Process group quotes`.
 * https://docs.dynatrace.com/docs/shortlink/api-v2-monitored-entities
 */
const TYPES =
  'Web (?:request )?service|Database service|RPC service|Messaging service|Background service|Key request|Web application|Mobile app(?:lication)?|Custom application|Process group(?: instance)?|Cloud application|Kubernetes (?:workload|service|node|cluster)|Lambda function|Custom (?:service|device)|Synthetic (?:monitor|test)|HTTP monitor|Browser monitor';
const BEHIND_TYPE = new RegExp(
  `(?:^|\\s(?:on|for|in|of|at)\\s)(?:the )?(?:${TYPES}):? ["“'\`]?(\\S[^\\n"”'\`]{1,80})`,
  'i',
);

/** `Service cart-api`: a title would say other things behind such a word. */
const BEHIND_PLAIN_TYPE = /^(?:service|application|host):? ([\w.-]{2,100})$/i;

/** What a text names behind the type of an entity; empty where it has none. */
export function nameBehindType(text: string): string {
  const name = BEHIND_TYPE.exec(text.slice(0, 300))?.[1] ?? '';
  // Behind the name stands what was measured, or where.
  const [alone = ''] = name.split(/\s(?:is|has|was|on|in|at|with|for)\s/, 1);
  return alone.trim().replace(/[.,;:]$/, '');
}

function nameAmong(fields: readonly Field[], tiers: readonly RegExp[]): string {
  for (const [at, names] of tiers.entries()) {
    const inside = HOLDERS[at];
    const fits = (field: Field) =>
      isName(field) && (at === 0 || !names.test(field.name) || !isSort(field)) && !isPartOfCode(field);
    const [first] = fieldsLike(fields, { names, ...(inside && { inside }), notIn: NOT_IN, fits });
    if (first !== undefined && !isCheckOfHost(first, fields)) return containerOf(first, fields) || nameIn(first);
  }
  return '';
}

/** The container whose name a pod begins with, as that of its workload; empty for another container and other fields. */
function containerOf({ name, value }: Field, fields: readonly Field[]): string {
  if (!/^(?:k8s|kubernetes|kube)?pod(?:name)?$/.test(name)) return '';
  const containers = fields.filter((one) => /^(?:k8s|kubernetes|kube)?container(?:name)?$/.test(one.name));
  return containers.find((one) => one.value !== '' && value.startsWith(`${one.value}-`))?.value ?? '';
}

/**
 * What Checkmk calls the check of a process, of a service of Windows, of a unit of systemd and of a web service: its kind
 * and its name. PRTG's sensors have a kind in front of what people added.
 * https://github.com/Checkmk/checkmk/blob/master/cmk/plugins/collection/agent_based/ps_check.py
 * https://docs.checkmk.com/latest/en/active_checks.html
 */
const CHECK_OF_PROGRAM = /^(?:process|service|systemd service|https?) (\S{1,100})$/i;

function checkedProgram(fields: readonly Field[]): string {
  const [check] = fieldsLike(fields, {
    names: /^service(?:desc|description)$/,
    fits: ({ value }) => CHECK_OF_PROGRAM.test(value),
  });
  const [sensor] = fieldsLike(fields, { names: /^sensor(?:name)?$/, fits: ({ kind }) => kind === 'text' });
  return CHECK_OF_PROGRAM.exec(check?.value ?? '')?.[1] ?? nameInTitle(sensor?.value ?? '');
}

/** Some senders write only the kind of the entity here (`service`, `host`) and its name into another field. */
const SORT =
  /^(?:micro)?(?:service|application|app|host|server|node|machine|container|pod|process|deployment|statefulset|daemonset|workload|infrastructure|instance|component|cluster|namespace|endpoint|website|url|api|web|database|queue|topic|job|function|resource|monitor|check|heartbeat|cron|cron ?job|device|synthetic|kubernetes|jvm)s?$/i;

function isSort({ value }: Pick<Field, 'value'>): boolean {
  return SORT.test(value.trim());
}

/** Trackers of errors name the part of the code there: of Rails, the controller. */
function isPartOfCode({ name, holders, value }: Field): boolean {
  return (
    /^(?:component|module)$/.test(name) &&
    (/^(?:faults?|notice|exception|backtrace|frames?)$/.test(holders.at(-1) ?? '') ||
      /^[\w:/]{1,100}#\w{1,100}$/.test(value.trim()))
  );
}

/** A check or a monitor that is called `Errors of checkout-api` names the service in its sentence; a pod, its workload. */
function nameIn({ name, holders, value }: Field): string {
  const isPod =
    /^(?:k8s|kubernetes|kube)?pod(?:name)?$/.test(name) ||
    (name === 'name' && /^(?:pod|involvedobject|objectmeta|subject|regarding)$/.test(holders.at(-1) ?? ''));
  const isSentence =
    (/monitor|check|test|rule|probe/.test(name) && /\s/.test(value.trim())) ||
    (/^entity(?:display|caption|label)/.test(name) && MEASURES.test(value));
  const bare = cleaned(value);
  // Dynatrace writes the process behind the name of a service.
  const alone = /^entit(?:y|ies)/.test(name) ? bare.replace(/(?<=\S) \([\w.-]{1,60}\)$/, '') : withoutKind(bare, name);
  return (isSentence ? nameInTitle(value) : '') || (isPod || /^pod\//i.test(value) ? workloadOf(alone) : alone);
}

/** `Dead letters of cart-intake above 500`: what is measured, of what, as people call an entity in a sentence. */
const MEASURES = /\s(?:of|for|in|on|at|above|below|over|under|is|are|has)\s/i;

/** A check that is called `Spooler service` names a program and its kind. */
function withoutKind(value: string, name: string): string {
  const program = /^check/.test(name)
    ? /^([\w.-]{3,60}) (?:service|process|daemon|dienst)$/i.exec(value)?.[1]
    : undefined;
  return program === undefined || KIND_OF_CHECK.test(program) || isSort({ value: program }) ? value : program;
}

export function serviceAmong(fields: readonly Field[]): string {
  const named =
    tierIn(fields) ||
    playIn(fields) ||
    serviceNamed(fields) ||
    impactedIn(fields) ||
    workspaceIn(fields) ||
    checkedProgram(fields) ||
    resourceOfFinding(fields) ||
    serviceIn(fields) ||
    groupOfKibana(fields) ||
    categoryOfSumo(fields) ||
    nodeOfNetdata(fields);
  if (named !== '') return named;
  const dataset = fields.map(({ value }) => DATASET.exec(value.slice(0, 400))?.[1]).find((name) => name !== undefined);
  if (dataset !== undefined) return dataset;
  const address = fieldsLike(fields, { names: ADDRESS, notIn: NOT_IN, fits: ({ value }) => URL.canParse(value) })[0];
  return address === undefined ? checkedSite(fields) : new URL(address.value).hostname;
}

/**
 * A finding of Security Hub lists the resources that it is about by their ids.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
 */
function resourceOfFinding(fields: readonly Field[]): string {
  const found = fields.find(
    ({ name, holders, value }) =>
      name === 'id' && holders.at(-1) === 'resources' && holders.at(-2) === 'findings' && value.startsWith('arn:'),
  );
  return found === undefined ? '' : nameOfArn(found.value);
}

/**
 * FireHydrant lists what an incident impacts, each with its type: an environment says only where.
 * https://docs.firehydrant.com/docs/webhooks
 */
function impactedIn(fields: readonly Field[]): string {
  let type = '';
  for (const { name, holders, value, isWritten } of fields) {
    if (isWritten || !holders.includes('impacts')) continue;
    if (name === 'type' && holders.at(-1) === 'impacts') type = value;
    const isNamed = name === 'name' && holders.at(-1) === 'impact' && value !== '';
    if (isNamed && /^(?:service|functionality)$/i.test(type)) return value;
  }
  return '';
}

/**
 * A rule of Kibana that groups has an alert for each value of the group, whose id is the value; without groups, the id is
 * `*` or the name of what matched.
 * https://www.elastic.co/docs/explore-analyze/alerts-cases/alerts/rule-action-variables
 */
function groupOfKibana(fields: readonly Field[]): string {
  if (!isOfKibana(fields)) return '';
  const values = fields.filter(({ name, holders, kind }) => kind === 'text' && isGroup(name, holders));
  const names = values.map(({ value }) => value.split(',', 1)[0]?.trim() ?? '');
  return workloadOf(names.find((name) => NAME_OF_GROUP.test(name) && !isPartOfMetric(name)) ?? '');
}

const isGroup = (name: string, holders: readonly string[]) =>
  (name === 'group' && holders.at(-1) === 'context') ||
  /^(?:alert|alertinstance)id$/.test(name) ||
  (name === 'id' && holders.at(-1) === 'alert');

/** An identifier, and no id of the alert itself. */
const NAME_OF_GROUP = /^(?![0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16,64}$)[A-Za-z][\w.-]{1,100}$/;

/** Whether the body has the group of actions for which Kibana sent it. */
export function isOfKibana(fields: readonly Field[]): boolean {
  return fields.some(({ name, kind }) => kind === 'text' && /^(?:alert)?actiongroup(?:name)?$/.test(name));
}

/**
 * The name of an uptime check in a flat body, beside its address and its result. StatusCake's:
 * https://www.statuscake.com/kb/knowledge-base/how-to-use-the-web-hook-url/
 */
function checkedSite(fields: readonly Field[]): string {
  const address = fields.find(({ name, holders, value }) => name === 'url' && isOuter(holders) && URL.canParse(value));
  if (address === undefined) return '';
  const beside = new Map(
    fields
      .filter(({ holders }) => holders.join('.') === address.holders.join('.'))
      .map((field) => [field.name, field.value]),
  );
  const { hostname } = new URL(address.value);
  const name = beside.get('name') ?? '';
  const isChecked = ['statuscode', 'httpmethod', 'responsecode', 'httpstatus'].some((one) => beside.has(one));
  return isChecked || (name !== '' && name.toLowerCase() === hostname) ? name || hostname : '';
}

/** In the body itself, or in what holds its incident: `data.attributes` of JSON:API. */
function isOuter(holders: readonly string[]): boolean {
  return holders.every((holder) => /^(?:data|attributes|payload|incident|alert|event|monitor|check)$/.test(holder));
}

/**
 * Sumo Logic's path of where lines come from, from the general to the particular, as a field or in the query: `prod/cart`.
 * https://www.sumologic.com/help/docs/send-data/best-practices/
 */
function categoryOfSumo(fields: readonly Field[]): string {
  const outer = (wanted: RegExp) =>
    fields.find(({ name, holders }) => wanted.test(name) && holders.length === 0)?.value ?? '';
  const inQuery = /_sourceCategory\s?=\s?"?([\w./-]{1,200})/i.exec(outer(/^query$/).slice(0, 1_000))?.[1] ?? '';
  const path = outer(/^sourcecategory$/) || inQuery;
  return /^[\w.-]{1,100}(?:\/[\w.-]{1,100}){0,8}$/.test(path) ? (path.split('/').at(-1) ?? '') : '';
}

/**
 * A workspace within an organization is a project: HCP Terraform names what a run changes so. Elsewhere a workspace is the
 * account of a company.
 * https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#notification-payload
 */
function workspaceIn(fields: readonly Field[]): string {
  const named = (wanted: string) => fields.find(({ name, kind }) => name === wanted && kind === 'text')?.value ?? '';
  return named('organizationname') === '' ? '' : named('workspacename');
}

/**
 * A job of AWX is called like its template; its project holds the playbooks.
 * https://docs.ansible.com/automation-controller/latest/html/userguide/notifications.html
 */
function playIn(fields: readonly Field[]): string {
  const outer = (wanted: string) => fields.find(({ name, holders }) => name === wanted && holders.length === 0);
  return isPlay(fields) ? (outer('name')?.value ?? '') : '';
}

export function isPlay(fields: readonly Field[]): boolean {
  const has = (wanted: string) => fields.some(({ name, holders }) => name === wanted && holders.length === 0);
  return has('playbook') && has('inventory') && has('friendlyname');
}

/**
 * Netdata Cloud names the node only in the sentence about its chart: `web-1 critical, disk_usage = 96 %, on disk./srv`.
 * https://learn.netdata.cloud/docs/alerts-&-notifications/notifications/centralized-cloud-notifications/webhook
 */
function nodeOfNetdata(fields: readonly Field[]): string {
  const outer = (wanted: string) =>
    fields.find(({ name, holders }) => name === wanted && holders.length === 0)?.value ?? '';
  if (outer('chart') === '' || outer('alert') === '') return '';
  const message = outer('message').slice(0, 500);
  return (
    (/^([\w.-]{1,200}) (?:is )?(?:critical|warning|recovered|clear|raised|escalated|unreachable)\b[^\n]{0,200} = /i.exec(
      message,
    ) ??
      /^[\w.-]{1,200} on ([\w.-]{1,200}) (?:is )?(?:critical|warning|recovered|clear|raised|escalated)\b/i.exec(
        message,
      ))?.[1] ?? ''
  );
}

/**
 * AppDynamics’ word for a service, which belongs to an application. Elsewhere a tier is a plan of a customer or a layer.
 * https://docs.appdynamics.com/appd/24.x/latest/en/appdynamics-essentials/alert-and-respond/actions/http-request-actions-and-templates
 */
function tierIn(fields: readonly Field[]): string {
  const has = (names: RegExp) => fields.some(({ name, kind }) => kind !== 'null' && names.test(name));
  if (!has(/^app(?:lication)?(?:name)?$/) || !has(/^(?:healthrule\w*|controllerurl|nodename|node)$/)) return '';
  const names = /^(?:affected)?tier(?:name)?$/;
  return fieldsLike(fields, { names, inside: names, notIn: NOT_IN, fits: isName })[0]?.value ?? '';
}

/**
 * The page of a trigger of Honeycomb, where each service has a dataset of its name.
 * https://docs.honeycomb.io/send-data/organizing-data/
 */
const DATASET = /^https:\/\/ui\.(?:\w{2}\d\.)?honeycomb\.io\/[^?#]{1,200}\/datasets\/([a-z0-9][\w.-]{0,100})\//;

/** What an uptime check calls, where it has no name. */
const ADDRESS = /^(?:monitorurl|checkurl|siteurl|websiteurl|endpointurl|targeturl|monitoredurl|checkedurl|uri)$/;

function isName({ value, kind }: Field): boolean {
  return (
    kind === 'text' &&
    value.length <= 120 &&
    value.split(/\s+/).length <= 6 &&
    !value.includes('\n') &&
    !NOTHING.test(value) &&
    !/^https?:\/\//.test(value)
  );
}

/**
 * Nagios and its heirs call each check of a host a service: `HTTP`, `Disk /`. The host tells more than the kind of check.
 * https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html
 */
const KIND_OF_CHECK =
  /^(?:https?|ping|ssh|dns|ftp|smtp|imap|ntp|tcp|icmp|load|current load|disk\b.{0,30}|cpu\b.{0,30}|memory\b.{0,30}|mem|swap.{0,10}|uptime|users|current users|total processes|procs|root partition|filesystem.{0,60}|check[ _-].{0,60}|interface .{0,60}|certificate.{0,30}|ssl.{0,30})$/i;

function isCheckOfHost({ value }: Field, fields: readonly Field[]): boolean {
  return (
    KIND_OF_CHECK.test(value) &&
    fields.some(({ name, value: host }) => /^(?:host|hostname|hostalias)$/.test(name) && host !== '')
  );
}

/**
 * The name in an ARN of Amazon, which ends with it, with a version behind a function's and an id behind a balancer's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
function nameOfArn(value: string): string {
  const [, resource = ''] = /^arn:[\w-]{1,20}:[\w-]{1,40}:[\w-]{0,40}:\d{0,20}:(\S{1,400})$/.exec(value) ?? [];
  const parts = resource.split(/[/:]/).filter((part) => part !== '' && part !== '*');
  const [kind = ''] = parts;
  const at = kind === 'function' ? 1 : /^(?:loadbalancer|targetgroup)$/.test(kind) ? -2 : -1;
  return parts.at(at) ?? value;
}

/**
 * `Service orders-lag on host mq-1 is CRITICAL`: the check, as Nagios' heirs name it in a sentence. Undefined where the
 * sentence is another one; where the check is only a kind, the host is the service.
 */
export function checkOnHost(title: string): Readonly<{ check: string; host: string; service: string }> | undefined {
  const shown = title.slice(0, 400);
  const { check = '', host = '' } =
    /\bservice ["'`]?(?<check>[\w.-]{2,100})["'`]? on (?:the )?host ["'`]?(?<host>[\w.-]{1,200})/i.exec(shown)
      ?.groups ??
    noticeIn(shown) ??
    {};
  if (check === '') return undefined;
  return { check, host, service: KIND_OF_CHECK.test(check) ? host : check };
}

/**
 * `Service PROBLEM notification` above the fields: Checkmk names the host and its check there.
 * https://github.com/Checkmk/checkmk/blob/master/notifications/slack
 */
export function checkInFields(
  title: string,
  fields: readonly Field[],
): Readonly<{ check: string; host: string; service: string }> | undefined {
  const at = (wanted: string) => cleaned(fields.find(({ name }) => name === wanted)?.value ?? '');
  const [, subject = ''] = /^(Service|Host) [A-Z]{5,20} notification$/.exec(title) ?? [];
  const [host, check] = [at('host'), subject === 'Host' ? '' : at('service')];
  if (subject === '' || host === '' || (subject === 'Service' && check === '')) return undefined;
  return { check: check || 'host', host, service: check === '' || KIND_OF_CHECK.test(check) ? host : check };
}

/** Whether the title is a notification about a check, whose output may hold any word. */
export function isNoticeOfCheck(title: string): boolean {
  return noticeIn(title.slice(0, 400)) !== undefined;
}

function noticeIn(title: string): Readonly<Record<string, string>> | undefined {
  return (SUBJECT_OF_NAGIOS.exec(title) ?? NOTICE_OF_ICINGA.exec(title) ?? SUBJECT_OF_CHECKMK.exec(title))?.groups;
}

/**
 * The subject of a mail in Nagios' samples: `PROBLEM Service Alert: web-1/Cart queue is CRITICAL`.
 * https://github.com/NagiosEnterprises/nagioscore/blob/master/sample-config/template-object/commands.cfg.in
 */
const SUBJECT_OF_NAGIOS =
  /(?<!\p{L})[A-Z]{5,20} Service Alert: (?<host>[\w.-]{1,200})\/(?<check>\S[^\n]{0,100}?) is (?:OK|WARNING|CRITICAL|UNKNOWN)\b/u;

/**
 * `PROBLEM - web-1 / smtp is CRITICAL: timeout`: the type of a notification, the host, its check and the output, as scripts
 * put them together for Icinga.
 * https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/#notification-types
 */
const NOTICE_OF_ICINGA =
  /(?<!\p{L})(?:PROBLEM|RECOVERY|ACKNOWLEDGEMENT)(?: -|:|\]) (?<host>[\w.-]{1,200})(?: ?\/ ?|: )(?<check>\S[^\n]{0,100}?) is (?:OK|WARNING|CRITICAL|UNKNOWN)\b/u;

/**
 * `web-1/Filesystem /var OK → CRIT`: the check of a host, with its states before and after.
 * https://docs.checkmk.com/latest/en/notifications.html
 */
const SUBJECT_OF_CHECKMK =
  /(?:^|\s)(?<host>[\w.-]{1,200})\/(?<check>\S[^\n]{0,100}?) (?:OK|WARN|CRIT|UNKN|PEND)(?:ING|ICAL|OWN)? ?(?:->|→) ?(?:OK|WARN|CRIT|UNKN)(?:ING|ICAL|OWN)?\b/u;

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
const KIND_IN_FRONT =
  /^(?:[Pp]od|[Dd]eployment|statefulset|StatefulSet|daemonset|DaemonSet|replicaset|ReplicaSet|[Jj]ob|cronjob|CronJob|[Nn]ode)\/(?=[a-z0-9])/;

/** Whether a value is an object of Kubernetes, with its kind in front: `Pod/cart-1`. */
export function isObjectOfKind(value: string): boolean {
  return KIND_IN_FRONT.test(value);
}

/** `payments (prod)`, `` `cart` ``: a name without its marks. */
function cleaned(value: string): string {
  // Checkmk writes the address of a host behind its name.
  // Wazuh writes the number of an agent before its name.
  const bare = nameOfArn(value)
    .replace(/ \(IP: [^)]{0,60}\)$/, '')
    .replace(/^\(\d{1,8}\) - /, '')
    // Status pages write the state of a component behind its name: `Search (Major Outage)`.
    .replace(/(?<=\S) \(([^()]{2,40})\)$/, (whole, inside) => (saidState(inside) === undefined ? whole : ''))
    // `Pod/cart-1` is an object of Kubernetes.
    .replace(KIND_IN_FRONT, '');
  return bare.replaceAll(/^[`*_"'<]{1,4}|[`*_"'>]{1,4}$/g, '').trim();
}

/** `Application 'cart' on node web-1 is Down`: the kind before a quoted name. A component of it may stand in a field. */
const NAMED_BY_KIND = /(?<![\w-])(?:application|app|service|website) ["“„«'‘]([^"“”„«»'‘’\n]{1,80})["“”»'’]/iu;

export function namedByKind(title: string): string {
  return NAMED_BY_KIND.exec(title.slice(0, 400))?.[1]?.trim() ?? '';
}

/** `“Nightly backup” is DOWN`, `cart-db is critical: …`: the name before the verb, if it is quoted or an identifier. */
export function subjectIn(text: string): string {
  const shown = text.slice(0, 300);
  const marked = /["“”„«'`]([^"“”„«»'`\n]{1,80})["“”»'`]\s(?:is|are|went|has)\s/u.exec(shown)?.[1] ?? '';
  // A rule that is called `Errors of cart-api` names the service in its sentence.
  const quoted = /\s(?:of|for|in|on|at)\s/.test(marked) ? nameInTitle(marked) || marked : marked;
  // Nagios writes a host and a service of it: `web-1/cart is CRITICAL`.
  const ofHost = /(?:^|\s)[\w.-]{1,100}\/([\w-]{2,100}) is (?:OK|WARNING|CRITICAL|UNKNOWN)\b/.exec(shown)?.[1] ?? '';
  const plain =
    /(?:^|[\s:\]])([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8})\s(?:is|went|has|needs|changed)\s/.exec(
      shown,
    )?.[1] ?? '';
  const name = (quoted || ofHost || plain).trim();
  return isPartOfMetric(name) ? '' : workloadOf(name);
}
