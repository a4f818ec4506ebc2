/** Words for work that was split unevenly: one part has most of the data, and all others have long been done. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';

export const SKEWED = signList(/skew|straggl|task|partition|reducer/i, [
  {
    by: 'Spark, Flink, Trino',
    says: /\b(?:data |join |key )?skew(?:ed|ness)?\b(?=.{0,60}\b(?:keys?|partitions?|joins?|tasks?|stages?|data|median)\b)|\b(?:data|key|join|partition)[ -]skew\b/i,
    example: 'stage 7: data skew in partition 12, 41 GiB against a median of 0.2 GiB',
    source: 'https://spark.apache.org/docs/latest/sql-performance-tuning.html#optimizing-skew-join',
  },
  {
    by: 'Spark, services',
    says: /\b(?:1|one|a single) (?:task|partition|reducer|mapper|part) (?:is |was )?(?:left|remains|remaining|still running|running|to go)\b.{0,120}\b(?:median|average|mean|key|others)\b/i,
    example: 'Stage 4 has 1 task left of 40 for 59 min, shuffle read 41.2 GiB (median 0.2 GiB), key farm_id=NULL',
    source: 'https://spark.apache.org/docs/latest/web-ui.html#stage-detail',
  },
  {
    by: 'Spark, services',
    says: /\b\d{1,6} of \d{1,6} (?:tasks|partitions|reducers|parts) (?:done|finished|completed?)\b.{0,60}\b(?:task|partition|reducer|part) \d{1,6} (?:is |still )?(?:running|left|working)\b/i,
    example: 'stage 4: 199 of 200 tasks done in 70 s, task 117 running 45 min, shuffle read 88.1 GB vs median 90 MB',
    source: CUSTOMARY,
  },
]);
