/** The clients as the API shows them. */
export {
  CLIENT_COLUMNS,
  type ClientColumn,
  type ClientPage,
  type ClientQuery,
  type ClientTableView,
} from '../ntp/clients/client-list.ts';
export type { ClientView } from '../ntp/clients/client-view.ts';
export { OUTCOME_NAMES, OUTCOMES, type OutcomeName } from '../ntp/outcomes.ts';
