/** The external systems, in the order in which people see them. To add one, create a folder and add a line here. */
import { alertmanager } from './alertmanager/index.ts';
import { azureMonitor } from './azure/index.ts';
import { changes } from './changes/index.ts';
import { checkly } from './checkly/index.ts';
import { clickHouse } from './clickhouse/index.ts';
import { cloudWatch } from './cloudwatch/index.ts';
import { confluence } from './confluence/index.ts';
import { datadog } from './datadog/index.ts';
import { elasticsearch } from './elasticsearch/index.ts';
import { eventWebhooks } from './event-webhooks/index.ts';
import { files } from './files/index.ts';
import { github } from './github/index.ts';
import { gitlab } from './gitlab/index.ts';
import { googleCloud } from './google-cloud/index.ts';
import { googleDocs } from './google-docs/index.ts';
import { grafana } from './grafana/index.ts';
import { graphite } from './graphite/index.ts';
import { honeycomb } from './honeycomb/index.ts';
import { ical } from './ical/index.ts';
import { ilert } from './ilert/index.ts';
import { incidentIo } from './incidentio/index.ts';
import { influxDb } from './influxdb/index.ts';
import { jaeger } from './jaeger/index.ts';
import { jira } from './jira/index.ts';
import { kapacitor } from './kapacitor/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { launchDarkly } from './launchdarkly/index.ts';
import { linear } from './linear/index.ts';
import { loki } from './loki/index.ts';
import { mitigationWebhook } from './mitigation-webhook/index.ts';
import { mysql } from './mysql/index.ts';
import { newRelic } from './newrelic/index.ts';
import { notion } from './notion/index.ts';
import { opsgenie } from './opsgenie/index.ts';
import { pagerDuty } from './pagerduty/index.ts';
import { postgres } from './postgres/index.ts';
import { prometheus } from './prometheus/index.ts';
import { pyroscope } from './pyroscope/index.ts';
import { rota } from './rota/index.ts';
import { sematext } from './sematext/index.ts';
import { senders } from './senders/index.ts';
import { sentry } from './sentry/index.ts';
import { serviceFiles } from './service-files/index.ts';
import { slack } from './slack/index.ts';
import { splunk } from './splunk/index.ts';
import { statusWebhook } from './status-webhook/index.ts';
import { statuspage } from './statuspage/index.ts';
import { tempo } from './tempo/index.ts';
import { uptimeRobot } from './uptimerobot/index.ts';
import { victoriaLogs } from './victorialogs/index.ts';
import { xray } from './xray/index.ts';
import { zabbix } from './zabbix/index.ts';
import { zipkin } from './zipkin/index.ts';

export const systems = [
  slack,
  jaeger,
  tempo,
  zipkin,
  loki,
  victoriaLogs,
  elasticsearch,
  clickHouse,
  xray,
  honeycomb,
  prometheus,
  graphite,
  influxDb,
  pyroscope,
  kubernetes,
  postgres,
  mysql,
  pagerDuty,
  grafana,
  alertmanager,
  datadog,
  opsgenie,
  ilert,
  incidentIo,
  sentry,
  newRelic,
  zabbix,
  splunk,
  sematext,
  cloudWatch,
  azureMonitor,
  googleCloud,
  uptimeRobot,
  statuspage,
  statusWebhook,
  eventWebhooks,
  mitigationWebhook,
  kapacitor,
  checkly,
  senders,
  changes,
  github,
  gitlab,
  jira,
  linear,
  confluence,
  notion,
  googleDocs,
  launchDarkly,
  rota,
  ical,
  serviceFiles,
  files,
] as const;
