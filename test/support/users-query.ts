/** Queries of the users that tests of connectors keep. */
import type { SelectQuery } from '../../src/connectors/connector.ts'

/** The first page of all of them, but for what is given. */
export const usersQuery = (some: Partial<SelectQuery> = {}): SelectQuery => ({
  collection: 'users',
  where: null,
  sort: [],
  skip: 0,
  limit: 10,
  total: false,
  ...some,
})
