/** The address of Loki, the label that names a service, and the credentials. */
import { z } from 'zod';
import { Address, accessSettings, lineFieldSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  loki: {
    url: Address().register(settingFacts, { env: 'LOKI_URL', means: 'The address of Loki, including its base path.' }),
    selectorLabel: z
      .string('must be text')
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be the name of a label')
      .register(settingFacts, { env: 'LOKI_SELECTOR_LABEL', means: 'The stream label that names the service.' })
      // Loki itself adds this label to every stream.
      .prefault('service_name'),
    ...lineFieldSettings('LOKI'),
    ...accessSettings('LOKI', 'Loki'),
  },
};
