import type { BodyHead, SessionSettings } from '#analyse/session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';

/** What a session gets where nothing is configured. */
export const DEFAULT_SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: '', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
};

/** Jaeger's answer for one trace. */
export const TRACE_BODY: BodyHead = {
  kind: 'trace',
  format: 'jaeger-json',
  source: 'jaeger',
  file: '',
  query: { text: '', url: '' },
};
