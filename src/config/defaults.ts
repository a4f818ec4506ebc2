/** The default settings. Plain data, separate from the schema, so that `analyze` on a file needs no zod. */
import { QUIET_MINUTES } from '#model/incident/alert.ts';
import { DEFAULT_REDACTION } from '#model/redaction/redaction.ts';

export const DEFAULTS = {
  dataFolder: 'data',
  port: 3000,
  logLevel: 'info',
  gather: {
    /**
     * Long enough for a trace of 100,000 spans (Jaeger takes 4 s) and its logs, short enough for a person who waits.
     */
    deadlineSeconds: 20,
    /** Below the deadline, so a source that hangs leaves time for the others. */
    sourceTimeoutSeconds: 15,
    /** About 300,000 spans in Jaeger's format. */
    maxBytes: 256_000_000,
    /** An alert takes up to 65 requests to the trace store (`npm run bench:storm`): five alerts a minute, for an hour. */
    requestsPerHour: 20_000,
  },
  waits: {
    /** A monitoring system sends its webhook and its chat message at the same time. */
    messageSeconds: 5,
    /** A person on call waits for a first answer; most alerts have all their evidence by then. */
    firstVerdictSeconds: 8,
    /** Slack waits three seconds for an acknowledgement. If every thread is busy, the text must suffice. */
    pictureSeconds: 1.5,
    /**
     * Slack waits three seconds for an acknowledgement, and two questions may follow each other: who asks, and whether
     * they may read an incident's channel.
     */
    answerSeconds: 1.3,
    /** Below the 30 s after which Kubernetes and Heroku kill. */
    stopSeconds: 10,
    /** Long enough for a process that swaps or waits for its disk, short enough for a person who waits for an answer. */
    leaseSeconds: 10,
  },
  playground: {
    /** As Slack. */
    waitSeconds: 3,
  },
  analysis: {
    /**
     * The largest response that is read (256 MB, 300,000 spans) needs about 6 s for its longest step on one processor.
     * With a tenth of a processor, it needs a minute.
     */
    deadlineSeconds: 60,
  },
  api: {
    /** Two in a second: a page that a team watches, or a pipeline. */
    requestsPerMinute: 120,
    /** The deadlines of the sources and of the analysis, and some time in line. */
    deadlineSeconds: 120,
  },
  alerts: {
    /** Four looks run at once, and each may take the 20 s of `gather.deadlineSeconds`: 12 a minute are surely in time. */
    stormPerMinute: 12,
    quietMinutes: QUIET_MINUTES,
    /** An unsure answer helps nobody who did not open the thread. */
    sayInChannel: 'likely' as const,
  },
  incidents: {
    /** If everybody is affected, 15 minutes without an update is long. If hardly anybody is, no updates are needed. */
    reminderMinutes: { P0: 15, P1: 30, P2: 60, P3: 0 },
    /** A team that is awake has a commander within five minutes. Without a list, who declared it is asked once. */
    commander: { minutes: 5, onCall: [] as readonly string[], onCallByChannel: [] as readonly never[] },
    /** As for a commander: a message in a chat is seen within minutes, or not at all. */
    page: { minutes: 5, onCall: [] as readonly string[] },
    /** A pager answers within a second. A person waits for the call, and the next of the list may know more. */
    onCall: { people: [] as readonly string[], waitSeconds: 8 },
    /** Each team names its own, or none. */
    roles: [] as readonly string[],
    /** A channel for each incident is a decision of the team; nobody expects one to disappear unasked. */
    channel: {
      severities: [] as readonly ('P0' | 'P1' | 'P2' | 'P3')[],
      name: 'inc-{number}-{title}',
      archiveDays: 0,
      invite: [] as readonly never[],
    },
    /** A fix that did not hold is found by somebody who looks, and everybody has gone on to other work. */
    lookAfterEnd: true,
    /** Customers read nothing that nobody set up. */
    statusPage: { components: [] as readonly string[], internalWords: [] as readonly string[] },
    /** A tracker has other readers than a private channel. */
    issues: { private: false },
  },
  operators: {
    /** A quiet week is unusual even for a small system. */
    silenceHours: 168,
  },
  /** In days. Evidence that somebody may still need is not deleted unasked. */
  retention: { traces: 0, logs: 0, metrics: 0, files: 0 },
  http: {
    /** Methods that change nothing. The configuration names the allowed hosts: without it, none. */
    methods: ['GET', 'HEAD'],
  },
  clockSkew: {
    /** A span that starts an hour outside its caller is more likely other work than a wrong clock. */
    maxSeconds: 3600,
  },
  redaction: DEFAULT_REDACTION,
  store: {
    /** Four jobs, eight messages and the requests rarely ask the store in the same millisecond. */
    connections: 10,
  },
  cases: {
    /** The region that servers other than Amazon's expect if they have none. */
    region: 'us-east-1',
    /** People wait for the answer: about as long as for one source. */
    timeoutSeconds: 15,
  },
} as const;
