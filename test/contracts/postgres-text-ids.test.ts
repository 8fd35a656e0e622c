import { buildViewsContract } from '../../src/testing/contracts/build-views.js';
import { fusedContract } from '../../src/testing/contracts/fused.js';
import { describeWithPostgres } from '../support/database.js';
import { isFull } from '../support/size.js';
import { textIdsUnderTest } from './support/postgres-under-test.js';
import { storageContracts } from './support/storage-contracts.js';

describeWithPostgres('on real Postgres, ids of text', () => {
  if (isFull) storageContracts(textIdsUnderTest);
  // Between them they give every statement an id.
  else buildViewsContract(textIdsUnderTest);
  fusedContract(textIdsUnderTest);
});
