/** The address of Tempo, and the credentials. */
import { Address, accessSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  tempo: {
    url: Address().register(settingFacts, {
      env: 'TEMPO_URL',
      means: 'The address of Tempo, including its base path.',
    }),
    ...accessSettings('TEMPO', 'Tempo'),
  },
};
