import * as z from 'zod';
import { PROJECT, VERSION } from './example-values.js';
import { named } from './registry.js';

export const requestedBuild = named(
  'RequestedBuild',
  z.object({
    automation_version_id: z.string(),
    automation_name: z.string().nullable(),
    automation_version_status: z.string().nullable(),
    project_id: z.string().nullable(),
    project_name: z.string().nullable(),
    state: z
      .enum(['waiting', 'building', 'complete', 'failed', 'cancelled'])
      .describe('`failed` is not the end: our team continues with it.'),
    sentence: z.string().describe('What is happening and what comes next, for people, in English.'),
    may_request_again: z
      .boolean()
      .describe('Whether the next step is a new request for the version, because the build was cancelled.'),
    workflow_url: z.string().nullable().describe('The workflow in WRK; `null` until the build is complete.'),
    updated_at: z.string().describe('ISO 8601, the database’s time.'),
  }),
  'The build of a version as its project owner sees it.',
  {
    automation_version_id: VERSION,
    automation_name: 'Invoices to ledger',
    automation_version_status: 'Build in Progress',
    project_id: PROJECT,
    project_name: 'Finance',
    state: 'building',
    sentence: 'The automation is being built. You don’t need to do anything.',
    may_request_again: false,
    workflow_url: null,
    updated_at: '2031-05-04T09:12:47.654321Z',
  },
);
