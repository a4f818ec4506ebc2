/**
 * Issues of action items in Linear. Linear takes the ids of new issues and comments from us: after an attempt without an
 * answer, it is asked for the one with our id. GraphQL answers with 200 or 400 and names the error in the body.
 * https://linear.app/developers/graphql
 */
import { z } from 'zod';
import { failed, goneFrom, problemOf, readAnswer, unanswered } from '#adapters/issue-answers.ts';
import { type OutgoingAnswer, sendOut } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { ItemState } from '#model/incident/incident.ts';
import type {
  Issue,
  IssueChange,
  IssueDraft,
  IssuePlace,
  IssueState,
  IssueTracker,
  Looked,
  Tried,
} from '#model/incident/issue-tracker.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

export type LinearOptions = Readonly<{
  url: URL;
  token: string;
  places: readonly IssuePlace[];
  timeoutMs?: number;
}>;

const TITLE = 'Linear';
/** Linear limits for an hour; its answer does not always say for how long. */
const LIMITED_MS = 60_000;
/** 50 issues of a look, in pages. */
const MOST_PAGES = 5;

const WORDS = {
  title: TITLE,
  what: 'the issue',
  credentials: 'Check LINEAR_TOKEN, and that its user may create and change issues of this team.',
  address: 'Check LINEAR_TEAMS, and that the user sees the team.',
  api: 'LINEAR_API_URL',
};

const Errors = z.object({
  errors: z
    .array(
      z.object({
        message: z.string().catch(''),
        extensions: z
          .object({
            code: z.string().nullish().catch(undefined),
            type: z.string().nullish().catch(undefined),
            userPresentableMessage: z.string().nullish().catch(undefined),
          })
          .nullish()
          .catch(undefined),
      }),
    )
    .min(1),
});

type Ask = <Value>(query: string, variables: object, form: z.ZodType<Value>) => Promise<Tried<Value>>;

export function linearIssues(options: LinearOptions): IssueTracker {
  return {
    id: 'linear',
    title: TITLE,
    places: options.places,
    create: async (draft, signal) => await create(asker(options, signal), draft),
    change: async (change, signal) => await applied(asker(options, signal), change),
    look: async (issues, signal) => await look(asker(options, signal), issues),
  };
}

function asker({ url, token, timeoutMs }: Omit<LinearOptions, 'places'>, signal: AbortSignal): Ask {
  return async (query, variables, form) => {
    const answer = await sendOut(
      {
        method: 'POST',
        url,
        headers: {
          // A personal key stands alone, an OAuth token does not.
          authorization: token.startsWith('lin_api_') ? token : `Bearer ${token}`,
          accept: 'application/json',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ query, variables }),
        secrets: [token],
        timeoutMs,
      },
      signal,
    );
    const refused = refusedIn(answer);
    if (refused !== undefined) return refused;
    const read = readAnswer(answer, z.object({ data: form }), WORDS);
    return read.kind === 'done' ? { kind: 'done', value: read.value.data } : read;
  };
}

/** An error in the body of an answer, whatever its status. Undefined if it has none. */
function refusedIn(answer: OutgoingAnswer): NotPublished | undefined {
  // A server in trouble may have done it.
  if (answer.kind !== 'answered' || answer.status >= 500) return undefined;
  const [first] = Errors.safeParse(answer.json).data?.errors ?? [];
  if (first === undefined) return undefined;
  const { code, type, userPresentableMessage } = first.extensions ?? {};
  const kind = `${code ?? ''} ${type ?? ''}`;
  if (/rate.?limit/i.test(kind)) return { kind: 'limited', retryAfterMs: answer.retryAfterMs ?? LIMITED_MS };
  if (/internal|timeout|lock/i.test(kind))
    return { kind: 'ambiguous', reason: `${TITLE} has trouble. It said: ${answer.said}` };
  const said = userPresentableMessage ? `${answer.said} ${userPresentableMessage.slice(0, 300)}` : answer.said;
  const what = /authentication|forbidden/i.test(kind)
    ? `does not accept the key. ${WORDS.credentials}`
    : 'does not accept the issue.';
  return { kind: 'refused', reason: `${TITLE} ${what} It said: ${said}` };
}

const Found = z.object({
  id: z.string().min(1),
  identifier: z.string().min(1),
  url: z.string().nullish().catch(undefined),
});
const nodes = <Node>(node: z.ZodType<Node>) => z.object({ nodes: z.array(node) });

function issueOf({ id, identifier, url }: z.output<typeof Found>): Issue {
  return { remoteId: id, key: identifier, url: url ?? '' };
}

/** In the form of a random UUID, as Linear requires it. */
function uuidOf(mark: string): string {
  const part = (from: number, to: number) => mark.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-a${part(17, 20)}-${part(20, 32)}`;
}

const FIND_ISSUE = `query($id: ID!) {
  issues(filter: { id: { eq: $id } }, includeArchived: true) { nodes { id identifier url } }
}`;
const FIND_TEAM = `query($key: String!) { teams(filter: { key: { eq: $key } }) { nodes { id name } } }`;
const CREATE = `mutation($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { id identifier url } }
}`;

async function create(ask: Ask, draft: IssueDraft): Promise<Tried<Issue>> {
  const { place, title, markdown, mark, due, isUncertain } = draft;
  const id = uuidOf(mark);
  if (isUncertain) {
    const found = await ask(FIND_ISSUE, { id }, z.object({ issues: nodes(Found) }));
    if (found.kind !== 'done') return unanswered(found, TITLE);
    const [issue] = found.value.issues.nodes;
    if (issue !== undefined) return { kind: 'done', value: issueOf(issue) };
  }
  const team = await teamOf(ask, place);
  if (team.kind !== 'done') return team;
  const input = { id, teamId: team.value, title, description: markdown, dueDate: due };
  const made = await ask(CREATE, { input }, z.object({ issueCreate: z.object({ issue: Found }) }));
  return made.kind === 'done' ? { kind: 'done', value: issueOf(made.value.issueCreate.issue) } : made;
}

/** Nothing was created by this question, so an answer that is lost is worth a retry. */
async function teamOf(ask: Ask, key: string): Promise<Tried<string>> {
  const found = await ask(FIND_TEAM, { key }, z.object({ teams: nodes(z.object({ id: z.string() })) }));
  if (found.kind === 'ambiguous') return { kind: 'failed', reason: found.reason };
  if (found.kind !== 'done') return found;
  const [team] = found.value.teams.nodes;
  if (team !== undefined) return { kind: 'done', value: team.id };
  return { kind: 'refused', reason: `${TITLE} has no team ${key} that this user sees. ${WORDS.address}` };
}

const STANDING = `query($id: ID!) {
  issues(filter: { id: { eq: $id } }, includeArchived: true) {
    nodes { id trashed state { type } team { states { nodes { id type position } } } }
  }
}`;
const UPDATE = `mutation($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }`;
const FIND_COMMENT = `query($id: ID!) { comments(filter: { id: { eq: $id } }) { nodes { id } } }`;
const COMMENT = `mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success } }`;

const State = z.object({ type: z.string() });
const Workflow = nodes(State.extend({ id: z.string(), position: z.number().catch(0) }));
const Standing = z.object({
  issues: nodes(z.object({ trashed: z.boolean().nullish(), state: State, team: z.object({ states: Workflow }) })),
});
const Done = z.object({ success: z.literal(true) });

async function applied(ask: Ask, change: IssueChange): Promise<Tried<'changed' | 'gone'>> {
  const { place, remoteId, state, comment, mark, isUncertain } = change;
  const standing = await ask(STANDING, { id: remoteId }, Standing);
  if (standing.kind !== 'done') return unanswered(standing, TITLE);
  const [issue] = standing.value.issues.nodes;
  if (issue === undefined || issue.trashed === true) return await gone(ask, place);
  // An earlier attempt, or a person, may have done it.
  const isThus = (stateOf(issue) === 'open') === (state === 'open');
  const moved = isThus ? undefined : await move(ask, remoteId, chosen(issue.team.states.nodes, state));
  if (moved !== undefined) return moved;
  const id = uuidOf(mark);
  if (isUncertain) {
    const said = await ask(FIND_COMMENT, { id }, z.object({ comments: nodes(z.object({ id: z.string() })) }));
    if (said.kind !== 'done') return unanswered(said, TITLE);
    if (said.value.comments.nodes.length > 0) return { kind: 'done', value: 'changed' };
  }
  const input = { id, issueId: remoteId, body: comment.markdown };
  const commented = await ask(COMMENT, { input }, z.object({ commentCreate: Done }));
  // Who may not comment may have moved it all the same, and the state is what counts.
  return commented.kind === 'done' || commented.kind === 'refused' ? { kind: 'done', value: 'changed' } : commented;
}

/** Undefined if it is done. */
async function move(ask: Ask, id: string, stateId: string | undefined): Promise<NotPublished | undefined> {
  if (stateId === undefined)
    return { kind: 'refused', reason: `${TITLE} has no fitting status in this team. Change the issue by hand.` };
  const moved = await ask(UPDATE, { id, input: { stateId } }, z.object({ issueUpdate: Done }));
  return moved.kind === 'done' ? undefined : moved;
}

/** The names of statuses are the team's, their types are Linear's. */
function chosen(states: z.output<typeof Workflow>['nodes'], state: ItemState): string | undefined {
  const types = {
    done: ['completed'],
    dropped: ['canceled', 'completed'],
    open: ['unstarted', 'backlog', 'triage', 'started'],
  };
  const ordered = states.toSorted((a, b) => a.position - b.position);
  for (const type of types[state]) {
    const found = ordered.find((one) => one.type === type);
    if (found !== undefined) return found.id;
  }
  return undefined;
}

function stateOf({ state: { type } }: Readonly<{ state: z.output<typeof State> }>): ItemState {
  if (type === 'completed') return 'done';
  return type === 'canceled' || type === 'duplicate' ? 'dropped' : 'open';
}

/** If the user sees the team: it may hide the issue. */
async function gone(ask: Ask, place: string): Promise<Tried<'gone'>> {
  return goneFrom(await teamOf(ask, place), TITLE);
}

const LOOK = `query($ids: [ID!], $after: String) {
  issues(filter: { id: { in: $ids } }, includeArchived: true, first: 50, after: $after) {
    nodes { id trashed state { type } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const Page = z.object({
  issues: nodes(z.object({ id: z.string(), trashed: z.boolean().nullish(), state: State })).extend({
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  }),
});

async function look(ask: Ask, issues: Parameters<IssueTracker['look']>[0]): Promise<Looked> {
  const states = new Map<string, IssueState>();
  const ids = issues.map(({ remoteId }) => remoteId);
  let after: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const read = await ask(LOOK, { ids, ...(after !== undefined && { after }) }, Page);
    if (read.kind !== 'done') return { states, problem: problemOf(read, TITLE) };
    const { nodes: found, pageInfo } = read.value.issues;
    for (const one of found) states.set(one.id, one.trashed === true ? 'gone' : stateOf(one));
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) return await withMissing(ask, issues, states);
    after = pageInfo.endCursor;
  }
  return { states, problem: `${TITLE} has too many pages.` };
}

async function withMissing(
  ask: Ask,
  issues: Parameters<IssueTracker['look']>[0],
  states: Map<string, IssueState>,
): Promise<Looked> {
  const missing = issues.filter(({ remoteId }) => !states.has(remoteId));
  let problem = '';
  for (const [place, those] of Map.groupBy(missing, (one) => one.place)) {
    const looked = await gone(ask, place);
    if (looked.kind !== 'done') problem = problemOf(looked, TITLE);
    else for (const { remoteId } of those) states.set(remoteId, 'gone');
  }
  return { states, problem };
}

/** Reads each team, and changes nothing. Only an issue shows whether the key may write one. */
export async function checkLinear(options: LinearOptions, signal: AbortSignal): Promise<Health> {
  const ask = asker(options, signal);
  const names = [...new Set(options.places.map(({ path }) => path))];
  for (const place of names) {
    const team = await teamOf(ask, place);
    if (team.kind !== 'done') return failed(`cannot read the team ${place}`, problemOf(team, TITLE));
  }
  return { ok: true, detail: `creates issues for action items in ${names.join(', ')}`, remedy: '' };
}
