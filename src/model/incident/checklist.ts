/** The steps for an incident that spans services, in the order and the time boxes of the guide. */
export type ChecklistStep = (typeof CHECKLIST)[number]['items'][number]['id'];

export const CHECKLIST = [
  {
    title: 'Initial triage',
    minutes: 5,
    items: [
      { id: 'first-error', text: 'Take the first error from the alert or the report' },
      { id: 'timeframe', text: 'Find out since when, and whether it goes on' },
      { id: 'severity', text: 'Say how bad it is (P0 to P3)' },
      { id: 'trace-id', text: 'Have a trace of a failing request' },
    ],
  },
  {
    title: 'Log collection',
    minutes: 10,
    items: [
      { id: 'logs-by-trace', text: 'Read the lines of all services that name the trace' },
      { id: 'one-zone', text: 'Bring all times into one zone' },
      { id: 'services-without-trace', text: 'Look for services that left no spans' },
      { id: 'clocks', text: 'Check that the clocks of the servers agree' },
    ],
  },
  {
    title: 'Timeline construction',
    minutes: 15,
    items: [
      { id: 'logs-in-order', text: 'Put the lines in order of time' },
      { id: 'time-between-calls', text: 'Measure how long each service waited for another' },
      { id: 'waterfall', text: 'Draw the waterfall of the request' },
      { id: 'slowest-span', text: 'Find the span with the most self time' },
    ],
  },
  {
    title: 'Root cause analysis',
    minutes: 20,
    items: [
      { id: 'slowest-service-log', text: 'Look for errors in the log of the slowest service' },
      { id: 'slow-queries', text: 'Look at the slow queries' },
      { id: 'healthy-compared', text: 'Compare with a healthy request' },
      { id: 'code-changes', text: 'Look at recent code changes' },
      { id: 'deployments', text: 'Look at recent deploys and config changes' },
      { id: 'hypothesis', text: 'Form a hypothesis' },
      { id: 'hypothesis-tested', text: 'Test it against the evidence, and confirm or refute it' },
    ],
  },
  {
    title: 'Resolution',
    minutes: 10,
    items: [
      { id: 'workaround', text: 'Mitigate first, if time is short' },
      { id: 'permanent-fix', text: 'Plan and apply the fix' },
      { id: 'runbooks', text: 'Update the runbooks' },
      { id: 'postmortem', text: 'Agree on a date for the postmortem' },
    ],
  },
] as const;
