import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { describeWithPostgres } from '../support/database.js';
import { isFull } from '../support/size.js';
import { agencyHostUnderTest } from './support/postgres-under-test.js';
import { hostTableContracts, storageContracts } from './support/storage-contracts.js';

describeWithPostgres('C1 C2: on real Postgres, the tables of an agency', () => {
  if (isFull) {
    storageContracts(agencyHostUnderTest);
    fusedContract(throughPorts(agencyHostUnderTest));
  } else hostTableContracts(agencyHostUnderTest);
  fusedContract(agencyHostUnderTest);
});
