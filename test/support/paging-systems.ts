/**
 * Paging systems other than PagerDuty: each keeps alerts and answers as its documentation shows it, like in the contract
 * tests of its adapter, and each has the webhooks that it sends. No real account has answered these requests.
 */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type State = 'open' | 'acknowledged' | 'resolved';
type Kept = { id: string; title: string; details: string; state: State };
type Asked = Readonly<{
  method: string;
  path: string;
  query: URLSearchParams;
  body: Readonly<Record<string, unknown>>;
}>;

export type Account = Awaited<ReturnType<typeof openAccount>>;

export type PagingSystem = Readonly<{
  id: string;
  title: string;
  /** Whether it acknowledges an alert that began there; escalations of ours alone are acknowledged in incident.io. */
  acknowledges: boolean;
  takesNotes: boolean;
  /** A target of `incidents.page.onCall`. */
  target: string;
  /** As the timeline names the target. */
  targetWords: string;
  environment(url: string): Readonly<Record<string, string>>;
  /** Names the authorization that a request of ours must have. */
  authorization: string;
  /** Undefined for what the API does not know. */
  answer(
    account: Pick<Account, 'kept' | 'notes' | 'page' | 'set'>,
    asked: Asked,
  ): readonly [number, unknown] | undefined;
  /** Undefined where the system sends no webhook about it. */
  webhook(about: Pick<Kept, 'id' | 'title'>, event: 'begun' | State, atMs: number): Webhook | undefined;
}>;

type Webhook = Readonly<{ body: string; headers: Readonly<Record<string, string>>; query?: string }>;

const BEARER = 'Bearer t0ken';

/** `id` is that of the alert that begins the incident. */
export async function openAccount({ answer, authorization }: PagingSystem, first: Pick<Kept, 'id' | 'title'>) {
  const kept = new Map<string, Kept>([[first.id, { ...first, details: '', state: 'open' }]]);
  const notes: string[] = [];
  const changes: string[] = [];
  let failing: number | undefined;
  const set = (id: string, state: State) => {
    const found = kept.get(id);
    if (found === undefined) throw new Error(`there is no alert ${id}`);
    found.state = state;
    changes.push(state);
  };
  const page = (id: string, title: unknown, details: unknown) => {
    kept.set(id, { id, title: `${title}`, details: `${details}`, state: 'open' });
    changes.push('paged');
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    const text = Buffer.concat(parts).toString('utf8');
    const asked = { method: request.method ?? '', path, query, body: text === '' ? {} : JSON.parse(text) };
    const isOurs = request.headers.authorization === authorization;
    const [status, json] =
      failing === undefined && isOurs ? (answer({ kept, notes, page, set }, asked) ?? [404, {}]) : [failing ?? 401, {}];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(json === undefined ? '' : JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kept,
    notes,
    /** What we did there, in order: `acknowledged`, `resolved`, `paged`. */
    changes,
    page,
    set,
    /** From now on every request; undefined ends it. */
    fail: (status: number | undefined) => {
      failing = status;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const SCHEDULE = 'd875a1c4-9b4e-4219-a1b3-0c26936d18de';
const OPSGENIE_PAGE = '11111111-2222-4333-8444-555555555555';

const opsgenie: PagingSystem = {
  ...{ id: 'opsgenie', title: 'Opsgenie', acknowledges: true, takesNotes: true, authorization: 'GenieKey s3cret' },
  ...{ target: `opsgenie:schedule/${SCHEDULE}`, targetWords: `schedule ${SCHEDULE}` },
  environment: (url) => ({
    OPSGENIE_WEBHOOK_TOKEN: 't0ken',
    OPSGENIE_ACTIONS: 'acknowledge,notes,resolve,page',
    OPSGENIE_WRITE_KEY: 's3cret',
    OPSGENIE_API_URL: url,
  }),
  answer({ kept, notes, page, set }, { method, path, body }) {
    const accepted = [202, { result: 'Request will be processed', took: 0.3, requestId: 'r1' }] as const;
    if (path.startsWith('/v2/alerts/requests/')) return [200, { data: { isSuccess: true, status: 'Done' } }];
    const [, id = '', verb] = /^\/v2\/alerts(?:\/([\w-]+)(?:\/(\w+))?)?$/.exec(path) ?? [];
    if (id === '' && method === 'POST') {
      page(OPSGENIE_PAGE, body.message, body.description);
      return accepted;
    }
    if (id === '') return [200, { data: [...kept.values()].filter((one) => one.id === OPSGENIE_PAGE) }];
    const found = kept.get(id.startsWith('spanhound-') ? OPSGENIE_PAGE : id);
    if (found === undefined) return undefined;
    const { state } = found;
    const shown = { id: found.id, status: state === 'resolved' ? 'closed' : 'open', acknowledged: state !== 'open' };
    if (method === 'GET') return [200, { data: verb === 'notes' ? notes.map((note) => ({ note })) : shown }];
    if (verb === 'notes') notes.push(`${body.note}`);
    else set(found.id, verb === 'close' ? 'resolved' : 'acknowledged');
    return accepted;
  },
  webhook({ id, title }, event, atMs) {
    const action = { begun: 'Create', open: 'UnAcknowledge', acknowledged: 'Acknowledge', resolved: 'Close' }[event];
    const alert = { alertId: id, message: title, details: { service: 'frontend' }, createdAt: atMs, updatedAt: atMs };
    return { body: JSON.stringify({ action, alert }), headers: { authorization: BEARER } };
  },
};

const ilert: PagingSystem = {
  ...{ id: 'ilert', title: 'ilert', acknowledges: true, takesNotes: false, authorization: 'Bearer s3cret' },
  ...{ target: 'ilert:policy/77', targetWords: 'policy 77' },
  environment: (url) => ({
    ILERT_WEBHOOK_TOKEN: 't0ken',
    ILERT_ACTIONS: 'acknowledge,resolve,page',
    ILERT_WRITE_KEY: 's3cret',
    ILERT_ALERT_SOURCE: '1243',
    ILERT_API_URL: url,
  }),
  answer({ kept, page, set }, { method, path, body }) {
    const [, id = '', verb] = /^\/api\/alerts(?:\/(\d+)(?:\/(\w+))?)?$/.exec(path) ?? [];
    const shown = ({ state, title, details, ...one }: Kept) => ({
      ...{ id: Number(one.id), summary: title, details, status: ILERT_STATES[state] },
    });
    if (path === '/api/alerts' && method === 'GET') return [200, [...kept.values()].map(shown)];
    if (path === '/api/alerts') page('4999', body.summary, body.details);
    const found = kept.get(path === '/api/alerts' ? '4999' : id);
    if (found === undefined) return undefined;
    if (verb !== undefined) set(id, verb === 'accept' ? 'acknowledged' : 'resolved');
    return [200, shown(found)];
  },
  webhook({ id, title }, event, atMs) {
    const status = event === 'begun' ? 'PENDING' : ILERT_STATES[event];
    const eventType = {
      begun: 'alert-created',
      open: 'alert-raised',
      acknowledged: 'alert-accepted',
      resolved: 'alert-resolved',
    }[event];
    const at = new Date(atMs).toISOString();
    const times = event === 'resolved' ? { resolvedOn: at } : {};
    const body = {
      id: Number(id),
      status,
      eventType,
      summary: title,
      alertSource: { name: 'frontend' },
      createdAt: at,
      ...times,
    };
    return { body: JSON.stringify(body), headers: { authorization: BEARER } };
  },
};
const ILERT_STATES = { open: 'PENDING', acknowledged: 'ACCEPTED', resolved: 'RESOLVED' } as const;

const GROUP_KEY = '{}/{team="shop"}:{alertname="Slow"}';
const GROUP = 'IZHCC4GTNPZ93';
const GRAFANA_PAGE = 'IPAGE4GTNPZ93';

const grafana: PagingSystem = {
  ...{ id: 'grafana', title: 'Grafana IRM', acknowledges: true, takesNotes: true, authorization: 's3cret' },
  ...{ target: 'grafana:schedule/Payments', targetWords: 'schedule Payments' },
  environment: (url) => ({
    GRAFANA_WEBHOOK_SECRET: 't0ken',
    GRAFANA_ONCALL_ACTIONS: 'acknowledge,notes,resolve,page',
    GRAFANA_ONCALL_WRITE_TOKEN: 's3cret',
    GRAFANA_ONCALL_URL: url,
  }),
  answer({ kept, notes, page, set }, { method, path, body }) {
    const shown = ({ id, state, title }: Kept) => ({
      ...{ id, title, state: state === 'open' ? 'firing' : state, permalinks: { web: `https://acme.example/${id}` } },
      last_alert: { payload: id === GROUP ? { groupKey: GROUP_KEY } : { oncall: { message: title } } },
    });
    switch (`${method} ${path.replace(/[A-Z0-9]{6,}/, ':id')}`) {
      case 'GET /api/v1/alert_groups/':
        return [200, { results: [...kept.values()].map(shown), next: null }];
      case 'GET /api/v1/schedules/':
        return [200, { results: [{ id: 'SBM7DV7BKFUYU', name: 'Payments', on_call_now: ['U281SN24AVVJX'] }] }];
      case 'POST /api/v1/resolution_notes/':
        notes.push(`${body.text}`);
        return [201, { id: `M${notes.length}`, text: body.text }];
      case 'POST /api/v1/escalation/':
        page(GRAFANA_PAGE, body.title, body.message);
        return [200, shown(kept.get(GRAFANA_PAGE) as Kept)];
      default: {
        const [, id = '', verb] = /^\/api\/v1\/alert_groups\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
        const found = kept.get(id);
        if (found === undefined) return undefined;
        if (verb === undefined) return [200, shown(found)];
        set(id, verb === 'resolve' ? 'resolved' : 'acknowledged');
        return [200, undefined];
      }
    }
  },
  /** Its contact point sends what an alert rule says: nothing about acknowledgements, and nothing about pages. */
  webhook({ id, title }, event, atMs) {
    if (id !== GROUP || event === 'acknowledged') return undefined;
    const status = event === 'resolved' ? 'resolved' : 'firing';
    const startsAt = new Date(atMs).toISOString();
    const labels = { alertname: title, service: 'frontend' };
    const alert = { status, labels, annotations: {}, startsAt, endsAt: startsAt, fingerprint: 'f00d' };
    const body = {
      receiver: 'shop',
      status,
      orgId: 1,
      groupKey: GROUP_KEY,
      groupLabels: { team: 'shop' },
      alerts: [alert],
    };
    return { body: JSON.stringify(body), headers: { authorization: BEARER } };
  },
};

const INCIDENT = '01FDAG4SAP5TYPT98WGR2N7W91';
const ESCALATION = '01G0J1EXE7AXZ2C93K61WBPYEH';
const WEBHOOK_KEY = 'c2VjcmV0LW9mLXRoZS10ZXN0cw==';

const incidentIo: PagingSystem = {
  ...{ id: 'incidentio', title: 'incident.io', acknowledges: false, takesNotes: false, authorization: 'Bearer s3cret' },
  ...{ target: 'incidentio:schedule/Payments', targetWords: 'schedule Payments' },
  environment: (url) => ({
    INCIDENT_IO_WEBHOOK_SECRET: `whsec_${WEBHOOK_KEY}`,
    INCIDENT_IO_ACTIONS: 'acknowledge,resolve,page',
    INCIDENT_IO_WRITE_KEY: 's3cret',
    INCIDENT_IO_API_URL: url,
  }),
  answer({ kept, page, set }, { method, path, body }) {
    const incident = () => {
      const category = kept.get(INCIDENT)?.state === 'resolved' ? 'closed' : 'live';
      const permalink = 'https://app.incident.io/acme/incidents/123';
      return { incident: { id: INCIDENT, permalink, incident_status: { name: category, category } } };
    };
    const escalation = () => {
      const { state = 'open' } = kept.get(ESCALATION) ?? {};
      return { escalation: { id: ESCALATION, status: state === 'open' ? 'triggered' : 'cancelled' } };
    };
    switch (`${method} ${path}`) {
      case `GET /v2/incidents/${INCIDENT}`:
        return [200, incident()];
      case 'GET /v1/incident_statuses':
        return [200, { incident_statuses: [{ id: '01HR85VFNXWH1H6976YCEJ5XJB', category: 'closed', rank: 4 }] }];
      case `POST /v2/incidents/${INCIDENT}/actions/edit`:
        set(INCIDENT, 'resolved');
        return [200, incident()];
      case 'GET /v2/schedules':
        return [200, { schedules: [{ id: '01GPVCGRTQHP8HWQ7Q7HW2G3V0', name: 'Payments' }], pagination_meta: {} }];
      case 'GET /v2/schedule_entries': {
        const [start_at, end_at] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
        const final = [{ start_at, end_at, user: { id: '01KIM', name: 'Kim', email: 'kim@example.com' } }];
        return [200, { schedule_entries: { final }, pagination_meta: {} }];
      }
      case 'POST /v2/escalations':
        page(ESCALATION, body.title, body.description);
        return [201, escalation()];
      case `GET /v2/escalations/${ESCALATION}`:
        return [200, escalation()];
      case `POST /v2/escalations/${ESCALATION}/actions/cancel`:
        set(ESCALATION, 'acknowledged');
        return [204, undefined];
      default:
        return undefined;
    }
  },
  /** Its webhooks are about incidents. */
  webhook({ id, title }, event, atMs) {
    if (id !== INCIDENT) return undefined;
    const type = event === 'begun' ? 'incident_created_v2' : 'incident_status_updated_v2';
    const category = { begun: 'live', open: 'live', acknowledged: 'paused', resolved: 'closed' }[event];
    const at = new Date(atMs).toISOString();
    const incident = {
      ...{ id, name: title, reference: 'INC-123', permalink: 'https://app.incident.io/acme/incidents/123' },
      ...{ incident_status: { name: category, category }, created_at: at, updated_at: at },
      custom_field_entries: [{ custom_field: { name: 'Service' }, values: [{ value_text: 'frontend' }] }],
    };
    const event_type = `public_incident.${type}`;
    const held = event === 'begun' ? incident : { incident };
    const body = JSON.stringify({ event_type, [event_type]: held });
    const [webhookId, seconds] = [`msg_${event}`, `${Math.floor(Date.now() / 1_000)}`];
    const hmac = createHmac('sha256', Buffer.from(WEBHOOK_KEY, 'base64')).update(`${webhookId}.${seconds}.${body}`);
    const signature = `v1,${hmac.digest('base64')}`;
    return {
      body,
      headers: { 'webhook-id': webhookId, 'webhook-timestamp': seconds, 'webhook-signature': signature },
    };
  },
};

/** With the id of the alert that begins the incident. */
export const PAGING_SYSTEMS: readonly Readonly<{ system: PagingSystem; alertId: string }>[] = [
  { system: grafana, alertId: GROUP },
  { system: opsgenie, alertId: '9b251e07-73c9-4907-9996-8cb53a6a20d0-1704440650350' },
  { system: ilert, alertId: '4125' },
  { system: incidentIo, alertId: INCIDENT },
];
