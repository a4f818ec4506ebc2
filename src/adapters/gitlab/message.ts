/**
 * Messages of GitLab's Slack integration on pipelines: the same key as the webhook's. Only those of a branch that people
 * deploy are alerts; the message does not name the default branch.
 * https://docs.gitlab.com/user/project/integrations/gitlab_slack_application/#pipeline-events
 *
 *   <…|shop/ledger>: Pipeline <…/pipelines/32001|#32001> of branch <…|main> by Ann has failed in 02:21
 */
import type { Said } from '#adapters/message-text.ts';
import { appName, messageReader, type NoAlert, type Posted, type PostedAlert } from '#adapters/posted-message.ts';
import { isObject } from '#model/text/json-object.ts';

export const readGitLabMessage = messageReader({
  source: 'gitlab',
  isOwn: (message) => /^gitlab\b/i.test(appName(message)),
  read,
});

const RESULT = /\b[Pp]ipeline #(?<number>\d{1,20})\b.{0,300}?\b(?:has )?(?<result>passed|failed|canceled)\b/s;
const BRANCH = /\bof branch (?<branch>[^\s]{1,200})/;
const DEPLOYED = /^(?:main|master|trunk|default|prod(?:uction)?|release)$/i;

function read({ lines, fields }: Said, { attachments }: Posted): PostedAlert | NoAlert {
  const texts = lines.map(({ text }) => text);
  const { number, result } =
    texts.map((text) => RESULT.exec(text.slice(0, 1_000))?.groups).find((found) => found) ?? {};
  if (number === undefined || result === undefined) return { noAlert: 'only pipelines that pass or fail are alerts' };
  const links = lines.flatMap((line) => line.links.map(({ url }) => url));
  const url = links.find((one) => one.replace(/\/failures$/, '').endsWith(`/pipelines/${number}`)) ?? '';
  const project =
    /^https?:\/\/[^/\s]{1,200}\/([^\s?#]{1,300}?)\/-\/pipelines\//.exec(url)?.[1] ??
    (linkedProject(lines) || projectInFooter(attachments));
  const said = texts.map((text) => BRANCH.exec(text.slice(0, 1_000))?.groups?.branch).find((one) => one !== undefined);
  const branch = (said ?? fields.get('branch') ?? '').replaceAll(/[`*]/g, '');
  if (project === '') return { noAlert: 'the message names no pipeline' };
  if (branch !== '' && !DEPLOYED.test(branch)) return { noAlert: `${branch} is no branch that people deploy` };
  if (result === 'canceled') return { noAlert: 'a canceled pipeline is no failure' };
  const isOver = result === 'passed';
  return {
    key: `${project}//${branch}`,
    title: `Pipeline #${number} ${isOver ? 'succeeded' : 'failed'} in ${project}`,
    state: isOver ? 'resolved' : 'triggered',
    service: project.slice(project.lastIndexOf('/') + 1),
    severity: '',
    url,
    labels: { project, ...(branch !== '' && { branch }) },
  };
}

/** `<https://gitlab.example/shop/ledger|shop / ledger>`: a link whose text is the path of the project that it opens. */
function linkedProject(lines: Said['lines']): string {
  const paths = lines.flatMap(({ links }) =>
    links.map(({ url, label }) => [URL.parse(url)?.pathname.slice(1) ?? '', label.replaceAll(' / ', '/')] as const),
  );
  return paths.find(([path, label]) => path.includes('/') && path === label)?.[0] ?? '';
}

/**
 * The footer of a card is the path of the project.
 * https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/models/integrations/chat_message/pipeline_message.rb
 */
function projectInFooter(attachments: Posted['attachments']): string {
  const footers = (attachments ?? []).flatMap((one) =>
    isObject(one) && typeof one.footer === 'string' ? [one.footer.trim().slice(0, 300)] : [],
  );
  return footers.find((footer) => /^[\w.-]{1,100}(?:\/[\w.-]{1,100}){1,8}$/.test(footer)) ?? '';
}
