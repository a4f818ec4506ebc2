/** The SNS topics from which alarms are taken. */
import { HeaderText } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  cloudwatch: {
    topics: HeaderText()
      .min(1, 'must not be empty')
      .register(settingFacts, {
        env: 'CLOUDWATCH_TOPICS',
        means:
          'The ARNs of the Amazon SNS topics from which alarms are taken, separated by commas. Amazon signs each message.',
      })
      .optional(),
  },
};
