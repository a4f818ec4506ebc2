/**
 * The ids of all buttons and menus in messages. Slack sends them back, and `listeners/register.ts` handles each. A message
 * posted years ago still sends its ids, so an id never gets another meaning.
 */
export type ButtonId =
  | 'trace_logs'
  | 'trace_markdown'
  | 'trace_compare'
  | 'trace_verify'
  | 'trace_right_yes'
  | 'trace_right_no'
  | 'trace_ids'
  | 'trace_further'
  | 'trace_again'
  | 'alert_again'
  | 'alert_other_service'
  | 'mute_end'
  | 'mute_open'
  | 'method_why'
  | 'incident_declare'
  | 'incident_join'
  | 'incident_note'
  | 'incident_link'
  | 'incident_update'
  | 'incident_resolve'
  | 'incident_reopen'
  | 'incident_merge'
  | 'incident_nothing_new'
  | 'incident_timeline'
  | 'incident_take'
  | 'incident_role_confirm'
  | 'incident_role_decline'
  | 'incident_page'
  | 'incident_page_have'
  | 'incident_page_stop'
  | 'status_page_draft'
  | 'status_page_approve'
  | 'status_page_change'
  | 'status_page_drop'
  | 'status_page_again'
  | 'status_page_arrived'
  | 'status_page_correct'
  | 'mitigation_list'
  | 'mitigation_form'
  | 'mitigation_approve'
  | 'mitigation_cancel'
  | 'pager_resolve'
  | 'pager_leave'
  | 'pager_again'
  | 'postmortem_again'
  | 'postmortem_accept'
  | 'postmortem_answer'
  | 'postmortem_quick'
  | 'postmortem_restore'
  | 'postmortem_page'
  | 'postmortem_send'
  | 'action_item_add'
  | 'action_item_accept'
  | 'action_item_decline'
  | 'action_item_list'
  | 'action_item_done'
  | 'action_item_anyway'
  | 'action_item_drop'
  | 'action_item_open'
  | 'action_item_issue'
  | 'tool_probe';

/** A list of options. */
export type MenuId =
  | 'incident_status'
  | 'incident_severity'
  | 'incident_role'
  | 'incident_correct'
  | 'method_hypothesis'
  | 'method_check'
  | 'alert_service'
  | 'alert_mute'
  | 'postmortem_export';

/** A menu behind three dots. */
export type OverflowId = 'trace_methods' | 'incident_methods';

/** A number is appended where a message has several of one kind: Slack requires unique ids in a block. */
export type Numbered<Id extends string> = Id | `${Id}_${number}`;
