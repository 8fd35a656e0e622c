import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { describeWithPostgres } from '../support/database.js';
import { isFull } from '../support/size.js';
import { foreignHostUnderTest } from './support/postgres-under-test.js';
import { hostTableContracts, storageContracts } from './support/storage-contracts.js';

describeWithPostgres('on real Postgres, the tables of a foreign host', () => {
  if (isFull) {
    storageContracts(foreignHostUnderTest);
    fusedContract(throughPorts(foreignHostUnderTest));
  } else hostTableContracts(foreignHostUnderTest);
  fusedContract(foreignHostUnderTest);
});
