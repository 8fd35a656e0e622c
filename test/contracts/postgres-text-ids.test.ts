import { fusedContract } from '../../src/testing/contracts/fused.js';
import { describeWithPostgres } from '../support/database.js';
import { textIdsUnderTest } from './support/postgres-under-test.js';
import { storageContracts } from './support/storage-contracts.js';

describeWithPostgres('on real Postgres, ids of text', () => {
  storageContracts(textIdsUnderTest);
  fusedContract(textIdsUnderTest);
});
