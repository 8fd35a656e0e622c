import type pg from 'pg';
import type { Builds } from 'wrk-builds';
import { UNKNOWN_SYSTEM } from '../stand-ins/unknown-system.js';
import { insertPeople, type SeededPeople } from './people.js';
import { insertProject, type SeededProject } from './projects.js';

/** What there is to try the host on: new projects at each start, since each can be built once. */
export interface Seeded extends SeededPeople {
  readonly invoices: SeededProject;
  readonly onboarding: SeededProject;
  /** Its quote is not signed. */
  readonly reports: SeededProject;
  /** Already requested; WRK refuses it at first. */
  readonly leads: SeededProject & { readonly bindingId: string };
}

/** Makes people and projects, and requests a build of one. */
export async function seed(pool: pg.Pool, builds: Pick<Builds, 'requestBuild'>): Promise<Seeded> {
  const people = await insertPeople(pool);
  const { tenantId, ops, owner } = people;
  const project = (name: string, systems: readonly string[], quote: 'signed' | 'sent' = 'signed') =>
    insertProject(pool, { tenantId, ownerId: owner.id, name, systems, quote });
  const invoices = await project('Invoice approval', ['Microsoft Outlook', 'NetSuite', 'Slack']);
  const onboarding = await project('Onboarding', ['BambooHR', 'Google Workspace']);
  const reports = await project('Weekly report', ['Stripe', 'Google Sheets'], 'sent');
  const leads = await project('Lead routing', ['Webflow', UNKNOWN_SYSTEM, 'Salesforce']);
  const requested = await builds.requestBuild({
    tenantId,
    automationVersionId: leads.versionId,
    userId: ops.id,
    trigger: 'auto_build',
  });
  if (requested.isErr()) throw new Error(`The seeded build was refused: ${requested.error.message}`);
  const { bindingId } = requested.value;
  return { ...people, invoices, onboarding, reports, leads: { ...leads, bindingId } };
}
