/** The address of Pyroscope, the credentials, the kind of profile, and the label that names a service. */
import { z } from 'zod';
import { Address, accessSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  pyroscope: {
    url: Address().register(settingFacts, {
      env: 'PYROSCOPE_URL',
      means:
        'The address of Grafana Pyroscope, including its base path. With it, Spanhound shows [what the processor did](pyroscope.md) beside time that no span explains.',
    }),
    serviceLabel: z
      .string('must be text')
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/, 'must be the name of a label')
      .register(settingFacts, { env: 'PYROSCOPE_SERVICE_LABEL', means: 'The label that names the service.' })
      // Pyroscope itself requires this label of every profile.
      .prefault('service_name'),
    profileType: z
      .string('must be text')
      .regex(
        /^\w{1,60}:\w{1,60}:nanoseconds:\w{1,60}:\w{1,60}$/,
        'must be a type of profile that counts nanoseconds, such as process_cpu:cpu:nanoseconds:cpu:nanoseconds',
      )
      .register(settingFacts, {
        env: 'PYROSCOPE_PROFILE_TYPE',
        means: 'The type of profile to read. It counts nanoseconds; `doctor` names those that there are.',
      })
      .prefault('process_cpu:cpu:nanoseconds:cpu:nanoseconds'),
    ...accessSettings('PYROSCOPE', 'Pyroscope'),
  },
};
