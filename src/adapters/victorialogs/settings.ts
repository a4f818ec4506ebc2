/** Where VictoriaLogs is read, which of its tenants, and the credentials. */
import { z } from 'zod';
import { Address, credentialSettings, lineFieldSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  victorialogs: {
    url: Address().register(settingFacts, {
      env: 'VICTORIALOGS_URL',
      means:
        'The address of VictoriaLogs, of a vlselect or of a vmauth before them, including its base path, without `/select`.',
    }),
    tenant: z
      .string('must be text')
      .regex(/^\d{1,10}(?::\d{1,10})?$/, 'must be an account, or an account and a project, such as 12 or 12:34')
      .register(settingFacts, {
        env: 'VICTORIALOGS_TENANT',
        means: 'The tenant to read, as `AccountID:ProjectID`. Default: VictoriaLogs’ own, `0:0`.',
      })
      .optional(),
    serviceField: z
      .string('must be text')
      .regex(/^[a-z_][\w.:/-]{0,199}$/i, 'must be the name of a field')
      .register(settingFacts, {
        env: 'VICTORIALOGS_SERVICE_FIELD',
        means: 'The field that names the service. Default: the names that OpenTelemetry, Kubernetes and loggers use.',
      })
      .optional(),
    ...lineFieldSettings('VICTORIALOGS'),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'VICTORIALOGS_UI_URL',
        means: 'The address where people open VictoriaLogs, without `/select/vmui`, if it differs.',
      })
      .optional(),
    ...credentialSettings('VICTORIALOGS', 'VictoriaLogs'),
  },
};
