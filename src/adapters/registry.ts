/** The external systems, in the order in which people see them. To add one, create a folder and add a line here. */
import { alertmanager } from './alertmanager/index.ts';
import { changes } from './changes/index.ts';
import { files } from './files/index.ts';
import { github } from './github/index.ts';
import { gitlab } from './gitlab/index.ts';
import { grafana } from './grafana/index.ts';
import { jaeger } from './jaeger/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { launchDarkly } from './launchdarkly/index.ts';
import { loki } from './loki/index.ts';
import { mysql } from './mysql/index.ts';
import { pagerDuty } from './pagerduty/index.ts';
import { postgres } from './postgres/index.ts';
import { prometheus } from './prometheus/index.ts';
import { slack } from './slack/index.ts';
import { tempo } from './tempo/index.ts';

export const systems = [
  slack,
  jaeger,
  tempo,
  loki,
  prometheus,
  kubernetes,
  postgres,
  mysql,
  grafana,
  pagerDuty,
  alertmanager,
  changes,
  github,
  gitlab,
  launchDarkly,
  files,
] as const;
