/**
 * What providers that build and run programs and databases say about them: a deployment to production that failed, a
 * database that fills up. What they say about previews, branches and changes that went well is no alert.
 */
import type { Said } from '#adapters/message-text.ts';
import { appName, type Posted } from '#adapters/posted-message.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { bare } from './message-subject.ts';

type Hosted = Readonly<{ title: string; service: string; state: AlertState; key: string }>;

/** Undefined where the message is about none of these. */
export function hostedIn(said: Said, message: Posted): Hosted | undefined {
  const app = appName(message);
  const title = bare(said.lines[0]?.text ?? '').slice(0, 400);
  if (/^planetscale\b/i.test(app)) return troubleOfDatabase(title);
  const project = /^vercel\b/i.test(app) ? projectOfVercel(title) : HOST.test(app) ? failedDeploy(title) : '';
  return project === '' ? undefined : { title, service: project, state: 'triggered', key: `${project}/production` };
}

const NAME = String.raw`((?!(?:service|app|site|project|production|preview|branch|commit|on|in|at|with|after)\b)[A-Za-z0-9](?:[\w.-]{0,98}\w)?)`;

/**
 * `*shop-web* failed to deploy to *Production*`, `Production deployment failed for *shop-web*`: each message of Vercel names
 * the environment. https://vercel.com/docs/integrations
 */
function projectOfVercel(title: string): string {
  return VERCEL.exec(title)?.slice(1).find(Boolean) ?? '';
}

const VERCEL =
  /^[^\p{L}\p{N}]{0,10}(?:([\w.-]{1,100}) failed to deploy to Production(?!\w)|Production deployment failed for ([\w.-]{1,100}))/iu;

/** Providers that deploy the branch that runs, and name what they deploy. */
const HOST = /^(?:render|railway|netlify|heroku|fly(?:\.?io)?|northflank|koyeb|digital ?ocean)\b/i;

/**
 * `Deploy failed for shop-web`, `shop-web: build failed`, `shop-web failed to deploy`: steps without which no new version
 * runs. https://render.com/docs/webhooks, https://docs.netlify.com/site-deploys/notifications
 */
function failedDeploy(title: string): string {
  return PREVIEW.test(title) ? '' : (DEPLOY.exec(title)?.slice(1).find(Boolean) ?? '');
}

const STEP = '(?:pre-?deploy(?: command)?|deploy(?:ment)?|build|release)';
const KIND = '(?:the )?(?:(?:web |background |private )?(?:service|app|site|project|worker) )?';
const FAILED = '(?:has |have |was )?(?:failed|errored|crashed|timed out|unsuccessful)';
const DEPLOY = new RegExp(
  String.raw`^[^\p{L}\p{N}]{0,10}(?:(?:production |latest |new )?${STEP} ${FAILED} (?:for|of|on|in):? ${KIND}${NAME}|(?:production |latest |new )?${STEP} (?:for|of|on|in):? ${KIND}${NAME} ${FAILED}|${KIND}${NAME}(?: ?[:–—|-] ?| )(?:${STEP} ${FAILED}|failed to (?:deploy|build|release))(?!\w))`,
  'iu',
);
const PREVIEW = /\b(?:previews?|pull request|branch deploy|deploy preview)\b|\bPR ?#?\d|-pr-\d{1,6}\b/i;

/**
 * `*shop*: storage on branch main is at 92 %`, `New anomaly in shop/main`, `Deploy request #4 for shop errored`.
 * https://planetscale.com/docs/api/webhook-events
 */
function troubleOfDatabase(title: string): Hosted | undefined {
  const kind = TROUBLES.find(([sign]) => sign.test(title))?.[1];
  const database = kind === undefined ? '' : (DATABASE.exec(title)?.slice(1).find(Boolean) ?? '');
  if (kind === undefined || database === '') return undefined;
  const state = OVER.test(title) ? 'resolved' : 'triggered';
  return { title, service: database, state, key: `${database}/${kind}` };
}

const TROUBLES: readonly (readonly [sign: RegExp, kind: string])[] = [
  [
    /\b(?:storage|disk)\b.{0,100}\b\d{1,3}(?:\.\d)? ?%|\b(?:storage|disk)\b.{0,40}\b(?:full|threshold|limit)\b/i,
    'storage',
  ],
  [/\banomal(?:y|ies)\b/i, 'anomaly'],
  [/\bout[ -]of[ -]memory\b|\bOOM\b/i, 'memory'],
  [/\bdeploy request\b.{0,100}\b(?:errored|failed|stopped)\b/i, 'deploy-request'],
];
const OVER = /\b(?:resolved|recovered|has ended|is over|no longer|back (?:to normal|below|under))\b/i;

/** `shop/main`, `shop: …`, `database shop`, `branch main of shop`, `in shop` */
const DATABASE = new RegExp(
  String.raw`(?:^|[ (])(?:[\w-]{1,60}\/)?([\w-]{1,60})\/[\w-]{1,60}(?=$|[ ):,.])|^[^\p{L}\p{N}]{0,10}${NAME} ?:|\bdatabase ${NAME}|\b(?:for|of|in|on) (?!branch\b|keyspace\b|the\b|its\b|this\b|that\b|our\b|an?\b)${NAME}`,
  'iu',
);
