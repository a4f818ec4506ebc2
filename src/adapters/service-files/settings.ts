/** The files that say whose a service is. */
import { z } from 'zod';
import { Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  services: {
    files: z
      .array(Text(), 'must be a list')
      .register(settingFacts, {
        env: 'SERVICES_FILES',
        means:
          'Files about services: `catalog-info.yaml` of Backstage, `CODEOWNERS`, or their folders ([services.md](services.md)). Default: none. In the variable, separate them with commas.',
      })
      .prefault([]),
    runbooks: z
      .array(Text(), 'must be a list')
      .register(settingFacts, {
        env: 'SERVICES_RUNBOOKS',
        means:
          'Runbooks in Markdown, or their folders: `checkout.md` has the steps of the service `checkout` ([services.md](services.md#runbooks)). Default: none. In the variable, separate them with commas.',
      })
      .prefault([]),
  },
};
