/** Calls for the end of each verb's `--help`: what people type most often first. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  trace: ['trace 4bf92f3577b34da6a3ce929d0e0e4736', 'trace 4bf92f3577b34da6a3ce929d0e0e4736 --out answer.html'],
  analyze: [
    'analyze trace.json',
    'analyze trace.json --logs app.log --baseline healthy.json',
    'curl -s "$JAEGER_URL/api/traces/$ID" | spanhound analyze -',
  ],
  investigate: [
    'investigate --service checkout --from -30m --to now',
    'investigate --alert webhook.json',
    'investigate --case ./INC-12',
  ],
  release: ['release checkout', 'release checkout --to 2026-01-06T14:30:00Z', 'release checkout --case ./INC-12'],
  'alert try': [
    'alert try webhook.json',
    'alert try webhook.json --vendor datadog',
    'pbpaste | spanhound alert try - --config spanhound.yaml',
  ],
  compare: ['compare healthy.json failing.json', 'compare 4bf92f3577b34da6a3ce929d0e0e4736'],
  verify: ['verify before.json after.json'],
  'case export': ['case export INC-12 ./INC-12'],
  'case verify': ['case verify ./INC-12', 'case verify ./INC-12 --key signing.pub'],
  incidents: ['incidents', 'incidents --open', 'incidents --like INC-12'],
  timeline: ['timeline INC-12', 'timeline INC-12 --out timeline.md'],
  actions: ['actions INC-12', 'actions INC-12 --json'],
  changes: ['changes INC-12', 'changes INC-12 --format md'],
  review: ['review', 'review --since 30d --service checkout', 'review --since 90d --out review.html'],
  services: ['services', 'services payments-api', 'services --contradictions'],
  postmortem: ['postmortem INC-12', 'postmortem INC-12 --out postmortem.html', 'postmortem INC-12 --at-version 2'],
  'postmortem versions': ['postmortem versions INC-12'],
  'postmortem diff': ['postmortem diff INC-12 1 2'],
  'postmortem export': ['postmortem export INC-12 github', 'postmortem export INC-12'],
  'postmortem lint': ['postmortem lint inc-12.md', 'postmortem lint inc-12.md --names "Kim Lee" Bob'],
  'audit verify': ['audit verify', 'audit verify --key signing.pub --anchors anchors.txt'],
  'audit show': ['audit show --subject INC-12', 'audit show --action evidence. --since -7d'],
  'audit rotate-key': ['audit rotate-key'],
  demo: ['demo', 'demo --format md'],
  detectors: ['detectors', 'detectors --json'],
  'redaction test': ['redaction test "password=hunter2"', 'redaction test - < app.log'],
  doctor: ['doctor', 'doctor --config spanhound.yaml'],
  time: ['time 1767709800', 'time 2026-01-06T14:30:00Z --zone Europe/Berlin America/New_York', 'time -90m'],
  json: ["json answer.json --query '$..[?@.status >= 500]'", 'json - --unfold < line.json'],
  diff: ['diff before.json after.json', 'diff old.conf new.conf --text'],
  http: ['http https://checkout.internal/health --curl', 'http -X POST -d @body.json https://checkout.internal/orders'],
  mcp: ['mcp', 'mcp --case ./INC-12', 'mcp --http --port 3100'],
  'token create': ['token create status-page --scope read', 'token create pipeline --scope read diagnose --days 30'],
  'token list': ['token list'],
  'token revoke': ['token revoke status-page'],
  migrate: ['migrate', 'migrate --from sqlite'],
  retention: ['retention --dry-run', 'retention'],
  hold: ['hold', 'hold INC-12 --reason "claim of a customer"', 'hold INC-12 --release'],
  forget: ['forget INC-12 --dry-run', 'forget U012ABCDEF --yes'],
  backup: ['backup /backups/spanhound.sqlite'],
  restore: ['restore /backups/spanhound.sqlite'],
  completion: [
    'completion bash > ~/.local/share/bash-completion/completions/spanhound',
    'completion zsh >> ~/.zshrc',
    'completion fish > ~/.config/fish/completions/spanhound.fish',
  ],
};

/** Empty for a verb without examples. */
export function examplesOf(path: string): string {
  const calls = EXAMPLES[path] ?? [];
  const lines = calls.map((call) => `  ${call.includes('| spanhound ') ? call : `spanhound ${call}`}`);
  return lines.length === 0 ? '' : `\nExamples:\n${lines.join('\n')}`;
}
