import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { describeWithPostgres } from '../support/database.js';
import { foreignHostUnderTest } from './support/postgres-under-test.js';
import { storageContracts } from './support/storage-contracts.js';

describeWithPostgres('on real Postgres, the tables of a foreign host', () => {
  storageContracts(foreignHostUnderTest);
  fusedContract(foreignHostUnderTest);
  fusedContract(throughPorts(foreignHostUnderTest));
});
