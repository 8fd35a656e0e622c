// The entries of the library as the flows pass them on.
import * as core from 'wrk-builds';
import * as http from 'wrk-builds/http';
import * as memory from 'wrk-builds/memory';
import * as notify from 'wrk-builds/notify';
import * as postgres from 'wrk-builds/postgres';
import * as testing from 'wrk-builds/testing';
import * as wrkHttp from 'wrk-builds/wrk-http';

export const entries = { core, http, memory, notify, postgres, testing, wrkHttp };
