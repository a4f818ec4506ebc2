/** The region of AWS X-Ray. Credentials come from where every AWS SDK looks for them. */
import { z } from 'zod';
import { Address, says } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  xray: {
    region: z
      .string(says('must be text'))
      .regex(/^[a-z]{2,4}(?:-[a-z]{2,10}){1,3}-\d{1,2}$/, 'must be a region such as eu-west-1')
      .register(settingFacts, {
        env: 'XRAY_REGION',
        means:
          'The region whose traces are read from AWS X-Ray, such as `eu-west-1`. Credentials come from where every AWS SDK looks for them.',
      }),
    url: Address()
      .register(settingFacts, {
        env: 'XRAY_URL',
        means: 'The address of an endpoint of X-Ray in your VPC. Default: that of the region.',
      })
      .optional(),
  },
};
