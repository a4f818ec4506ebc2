/** The address of Elasticsearch or OpenSearch, where its lines and its spans are, and the credentials. */
import { z } from 'zod';
import { Address, credentialSettings, lineFieldSettings, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const Field = (env: string, means: string) =>
  z
    .string('must be text')
    .regex(/^[\w@][\w@.-]{0,199}$/, 'must be the name of a field')
    .register(settingFacts, { env, means });

const Indices = (env: string, means: string) =>
  z
    .string('must be text')
    .regex(/^[^\s/?#"\\<>|A-Z]{1,500}$/, 'must be names of indices in lower case, separated with commas')
    .register(settingFacts, { env, means });

export const settings = {
  elasticsearch: {
    url: Address().register(settingFacts, {
      env: 'ELASTICSEARCH_URL',
      means: 'The address of Elasticsearch or OpenSearch, including its base path.',
    }),
    indices: Indices(
      'ELASTICSEARCH_INDICES',
      'The indices, data streams or aliases with log lines, separated with commas. `*` stands for anything. `none` reads no lines.',
    )
      // What Elastic's agent, Filebeat, Logstash and Fluentd write by default.
      .prefault('logs-*,filebeat-*,logstash-*,fluentd-*'),
    traceIndices: Indices(
      'ELASTICSEARCH_TRACE_INDICES',
      'The indices, data streams or aliases with spans, such as `jaeger-span-*`. Without it, no traces are read.',
    ).optional(),
    timeField: Field('ELASTICSEARCH_TIME_FIELD', 'The field with the time of a line.').prefault('@timestamp'),
    serviceField: Field(
      'ELASTICSEARCH_SERVICE_FIELD',
      'The field that names the service. Default: the names that ECS, OpenTelemetry, Kubernetes and loggers use.',
    ).optional(),
    ...lineFieldSettings('ELASTICSEARCH', { knows: 'ECS, OpenTelemetry, Datadog and loggers' }),
    apiKey: Token({ env: 'ELASTICSEARCH_API_KEY', means: 'The API key, in its encoded form.' }),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'ELASTICSEARCH_UI_URL',
        means: 'The address where people open Kibana or OpenSearch Dashboards.',
      })
      .optional(),
    ...credentialSettings('ELASTICSEARCH', 'Elasticsearch'),
  },
};
